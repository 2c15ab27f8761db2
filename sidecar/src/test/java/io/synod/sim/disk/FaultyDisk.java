package io.synod.sim.disk;

import io.synod.storage.disk.Disk;
import io.synod.storage.disk.NoSpaceException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A simulated disk with one directory, and the page cache of its operating system. Both outlive the
 * processes that open it: {@link #processEnds} closes every handle, and {@link #crash} also decides
 * which unsynced sectors are lost.
 */
public final class FaultyDisk implements Disk {
  /** The unit that the disk writes atomically. */
  public static final int SECTOR_BYTES = 512;

  private final Rng rng;
  private final String name;
  private final Map<String, SectorFile> files = new TreeMap<>();
  private DiskFaults faults;
  private int openings;
  private long bytes;
  private boolean failed;
  private boolean misread;
  private boolean full;
  private boolean repeated;
  private int dirtyAtCrash;
  private Consumer<String> effect = what -> {};

  /** Creates an empty directory, called {@code name} in errors. */
  public FaultyDisk(String name, Rng rng, DiskFaults faults) {
    this.name = name;
    this.rng = rng;
    this.faults = faults;
  }

  /** Sets the fault rates. */
  public void faults(DiskFaults now) {
    this.faults = now;
  }

  /** Sets whether new files do not fit. */
  public void full(boolean now) {
    full = now;
  }

  /** Whether new files do not fit. */
  public boolean isFull() {
    return full;
  }

  /** Sets the callback before every change of the disk; it may end the process by throwing. */
  public void beforeEffect(Consumer<String> reported) {
    this.effect = reported;
  }

  /**
   * Whether a process synced again after a failure, which cannot make its promises and acceptances
   * durable.
   */
  public boolean wasAskedAgain() {
    return repeated;
  }

  /**
   * Whether an operation failed or misread since the process started, which may explain that it
   * stopped.
   */
  public boolean hasFailed() {
    return failed || misread;
  }

  /** Whether a read of this process failed or returned wrong bytes. */
  public boolean hasMisread() {
    return misread;
  }

  /** The process ended without a power failure: the next process can read what it wrote. */
  public void processEnds() {
    openings++;
    failed = false;
    misread = false;
    if (rng.below(2) == 0) {
      files.values().forEach(SectorFile::evict);
    }
  }

  /**
   * Loses power: each unsynced sector is lost or kept.
   *
   * @param tearing whether some unsynced sectors may be kept; otherwise all are lost
   * @return how many sectors were lost
   */
  public int crash(boolean tearing) {
    openings++;
    failed = false;
    misread = false;
    int mood = tearing ? rng.below(4) : 0;
    int lost = 0;
    dirtyAtCrash = 0;
    for (SectorFile file : files.values()) {
      dirtyAtCrash += file.dirty();
      lost += file.crash(rng, mood);
    }
    return lost;
  }

  /** How many sectors were unsynced at the last crash. */
  public int dirtyAtCrash() {
    return dirtyAtCrash;
  }

  /** Flips one bit of a file; returns its name, or null if no written sector was found. */
  public @Nullable String rot() {
    List<String> names = new ArrayList<>(files.keySet());
    for (int tries = 0; tries < 20 && !names.isEmpty(); tries++) {
      String victim = names.get(rng.below(names.size()));
      SectorFile file = files.get(victim);
      if (file != null && file.flip(rng)) {
        return victim;
      }
    }
    return null;
  }

  /** Flips one bit of this byte of a file, which was written. */
  public void flip(String file, long offset) {
    Objects.requireNonNull(files.get(file)).flip(offset, rng);
  }

  /** Loses all files. */
  public void wipe() {
    openings++;
    failed = false;
    misread = false;
    full = false;
    files.clear();
    bytes = 0;
  }

  /**
   * An independent copy of the disk after a power failure at this moment that loses all unsynced
   * sectors.
   */
  public FaultyDisk ifPowerFailed() {
    FaultyDisk copy = new FaultyDisk(name, new Rng(1), DiskFaults.NONE);
    for (Map.Entry<String, SectorFile> file : files.entrySet()) {
      copy.files.put(file.getKey(), file.getValue().synced());
    }
    copy.bytes = bytes;
    return copy;
  }

  @Override
  public List<String> list() {
    return new ArrayList<>(files.keySet());
  }

  @Override
  public BlockFile create(String file, long size) throws IOException {
    effect.accept("create");
    mayFail(faults.writeErrorPerMillion(), "create " + file);
    if (full || bytes + size > faults.capacityBytes()) {
      throw new NoSpaceException(path(file) + ": no space left");
    }
    bytes += size;
    files.put(file, new SectorFile(size));
    return open(file);
  }

  @Override
  public BlockFile open(String file) throws IOException {
    SectorFile sectors = files.get(file);
    if (sectors == null) {
      throw new FileNotFoundException(path(file));
    }
    return new Handle(file, sectors, openings);
  }

  @Override
  public void delete(String file) throws IOException {
    effect.accept("delete");
    mayFail(faults.writeErrorPerMillion(), "delete " + file);
    SectorFile gone = files.remove(file);
    bytes -= gone == null ? 0 : gone.size();
  }

  @Override
  public long usableBytes() {
    return full ? 0 : faults.capacityBytes() - bytes;
  }

  @Override
  public String path(String file) {
    return name + "/" + file;
  }

  @Override
  public void close() {
    // Handles end with the process, in processEnds() and crash().
  }

  private void mayFail(int perMillion, String what) throws IOException {
    if (rng.chance(perMillion)) {
      failed = true;
      throw new IOException("simulated failure: " + what);
    }
  }

  private final class Handle implements BlockFile {
    private final String file;
    private final SectorFile sectors;
    private final int opening;

    Handle(String file, SectorFile sectors, int opening) {
      this.file = file;
      this.sectors = sectors;
      this.opening = opening;
    }

    @Override
    public long size() {
      return sectors.size();
    }

    @Override
    public void write(long offset, ByteBuffer content) throws IOException {
      alive();
      effect.accept("disk write");
      if (rng.chance(faults.writeErrorPerMillion())) {
        failed = true;
        // The first sectors of the write may have arrived.
        int arrived = rng.below(content.remaining() / SECTOR_BYTES + 1);
        content.limit(content.position() + arrived * SECTOR_BYTES);
        sectors.write(offset, content);
        throw new IOException("simulated failure: write to " + path(file));
      }
      sectors.write(offset, content);
    }

    @Override
    public void read(long offset, ByteBuffer content) throws IOException {
      alive();
      // Only one read per process is wrong: two wrong reads that agree could not be detected.
      if (!misread && rng.chance(faults.misdirectedReadPerMillion())) {
        misread = true;
        readElsewhere(content);
        return;
      }
      sectors.read(offset, content);
    }

    @Override
    public void readUncached(long offset, ByteBuffer content) throws IOException {
      alive();
      if (!misread && rng.chance(faults.misdirectedReadPerMillion())) {
        misread = true;
        readElsewhere(content);
        return;
      }
      sectors.readUncached(offset, content);
    }

    private void readElsewhere(ByteBuffer content) throws IOException {
      int kind = rng.below(4);
      if (kind == 0) {
        throw new IOException("simulated failure: read of " + path(file));
      }
      // Zeroes are read beyond the end of the file.
      long sector = kind == 1 ? sectors.size() : SECTOR_BYTES * (long) rng.below(sectorCount());
      int there = (int) Math.min(content.remaining(), sectors.size() - sector);
      int end = content.limit();
      sectors.read(sector, content.limit(content.position() + there));
      content.limit(end);
      while (content.hasRemaining()) {
        content.put((byte) 0);
      }
    }

    private int sectorCount() {
      return (int) (sectors.size() / SECTOR_BYTES);
    }

    @Override
    public void sync() throws IOException {
      alive();
      effect.accept("disk sync");
      if (rng.chance(faults.syncErrorPerMillion())) {
        failed = true;
        // The pages are marked clean and may never be written, so the sync must not be repeated.
        sectors.failSync(rng);
        throw new IOException("simulated failure: sync of " + path(file));
      }
      if (failed) {
        repeated = true;
        throw new IOException("a failed disk was asked again: sync of " + path(file));
      }
      sectors.sync();
    }

    @Override
    public void close() {
      // A handle owns no resources.
    }

    private void alive() throws IOException {
      if (opening != openings) {
        throw new IOException("a process that ended touched " + path(file));
      }
    }
  }
}

package io.synod.storage.tail;

import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tail when a journal is opened, and distinguishes a torn end from damage by the argument
 * in {@link TailLog}. {@link #read} changes nothing; {@link #mend} then leaves an end that is
 * durable and clean. It is used once, by one thread.
 */
public final class TailScan {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final Disk disk;
  private final long cluster;
  private final SuperblockCopy.State known;
  private final Replay replay;
  private final Faults faults;
  private final List<TailFile> used = new ArrayList<>();
  private final List<TailFile> unused = new ArrayList<>();
  // The names of files before the oldest one that is needed.
  private final List<String> obsolete = new ArrayList<>();
  // The frames of the last used file that are to be written again.
  private final Deque<FrameToRewrite> kept = new ArrayDeque<>();
  private long number;
  // Whether the next frame may have any number, since those before it are damaged.
  private boolean skipped;
  private long end;
  private long sequenceMax;
  // The offsets after the end of the last file at which chunks begin that are not zero.
  private final Set<Long> stale = new TreeSet<>();

  /**
   * A frame that is to be written again.
   *
   * @param misread whether the first read did not return it, so that other reads may fail too
   */
  private record FrameToRewrite(long number, long at, ByteBuffer bytes, boolean misread) {}

  /** Receives every record of the tail in the order in which it was written. */
  public interface Replay {
    void record(Write write, RecordLocation location);
  }

  /** Receives what was synced and is not intact. */
  public interface Faults {
    /** A start ends at the first fault. */
    Faults REFUSE =
        fault -> {
          throw fault;
        };

    /** If it returns, the scan continues at the next intact frame. */
    void found(JournalException fault);
  }

  public TailScan(
      Disk disk, long cluster, SuperblockCopy.State known, Replay replay, Faults faults) {
    this.disk = disk;
    this.cluster = cluster;
    this.known = known;
    this.replay = replay;
    this.faults = faults;
  }

  /** Replays the tail and finds its end. */
  public void read() throws IOException {
    List<TailFile> touched = new ArrayList<>();
    for (TailFile file : files()) {
      if (!file.isBlank()) {
        touched.add(file);
        continue;
      }
      unused.add(file);
      if (file.sequence() == known.newest() || file.sequence() == known.oldest()) {
        faults.found(
            file.damaged(0, "all zeroes, although the superblock records that it was used"));
      }
    }
    for (int i = 0; i < touched.size(); i++) {
      TailFile file = touched.get(i);
      long through = scan(file, i == touched.size() - 1);
      if (through > 0) {
        used.add(file);
        end = through;
      } else {
        unused.add(file);
      }
    }
    TailFile last = last();
    if (last != null && last != touched.get(touched.size() - 1)) {
      findLost(last, end);
    }
  }

  /** Removes the files without frames, and cleans the end. */
  void mend() throws IOException {
    for (String name : obsolete) {
      disk.delete(name);
    }
    for (TailFile file : unused) {
      file.file().close();
      disk.delete(file.name());
    }
    settle();
  }

  /** The files that hold frames, oldest first. */
  public List<TailFile> used() {
    return used;
  }

  /** The files that hold no frame: the next one of the tail, or incomplete ones. */
  public List<TailFile> unused() {
    return unused;
  }

  /** The names of the files whose slots are sealed, which a start removes. */
  public List<String> obsolete() {
    return obsolete;
  }

  /** Whether the last file has something after its last frame: a write that was not completed. */
  public boolean isTorn() {
    return !stale.isEmpty();
  }

  /** Closes the files; only after {@link #read} alone. */
  public void close() throws IOException {
    for (TailFile file : used) {
      file.file().close();
    }
    for (TailFile file : unused) {
      file.file().close();
    }
  }

  /** The number of the last frame; 0 if there is none. */
  long number() {
    return number;
  }

  /** The offset at which the last used file continues. */
  public long end() {
    return end;
  }

  /** The highest sequence of any file. */
  long sequenceMax() {
    return sequenceMax;
  }

  private List<TailFile> files() throws IOException {
    TreeMap<Long, String> names = new TreeMap<>();
    for (String name : disk.list()) {
      Long sequence = TailFile.sequenceOf(name);
      if (sequence != null) {
        names.put(sequence, name);
      }
    }
    sequenceMax = Math.max(known.newest(), names.isEmpty() ? 0 : names.lastKey());
    for (long needed : new long[] {known.oldest(), known.newest()}) {
      if (needed > 0 && !names.containsKey(needed)) {
        faults.found(new JournalException(disk.path(TailFile.name(needed)) + " is missing"));
      }
    }
    // Older files were sealed; the process ended before it could remove them.
    obsolete.addAll(names.headMap(known.oldest()).values());
    List<TailFile> files = new ArrayList<>();
    for (long sequence : names.tailMap(known.oldest()).keySet()) {
      files.add(new TailFile(disk, sequence, disk.open(TailFile.name(sequence))));
    }
    return files;
  }

  /** Replays one file; returns where its frames end. */
  private long scan(TailFile file, boolean last) throws IOException {
    long at = frames(file, 0, last);
    while (last && findLost(file, at)) {
      long next = TailFrame.next(file, at);
      if (next == file.size()) {
        break;
      }
      skipped = true;
      at = frames(file, next, true);
    }
    if (at == 0 && (!last || file.sequence() <= known.newest())) {
      faults.found(file.damaged(0, "no frame, although the file was used"));
    }
    return at;
  }

  /** Replays the frames from {@code from} on; returns where they end. */
  private long frames(TailFile file, long from, boolean last) throws IOException {
    long at = from;
    while (file.size() - at >= Frame.SECTOR_BYTES) {
      TailFrame cached = TailFrame.read(file::read, file, at, cluster);
      boolean misread = cached.header() == null;
      TailFrame found = misread ? TailFrame.again(file, at, cluster, cached) : cached;
      Frame header = found.header();
      if (header == null) {
        JournalException problem = problem(file, at, found, last);
        if (problem == null) {
          break;
        }
        faults.found(problem);
        skipped = true;
        at = TailFrame.next(file, at);
        continue;
      }
      if (number > 0 && !skipped && header.number() != number + 1) {
        faults.found(file.damaged(at, "frame " + header.number() + " follows frame " + number));
      }
      skipped = false;
      deliver(file, at, found);
      keep(at, header, found, misread);
      number = header.number();
      at += header.extent();
    }
    return at;
  }

  /** Why there is no frame, if that is damage; null at the end of the log. */
  private static @Nullable JournalException problem(
      TailFile file, long at, TailFrame found, boolean last) {
    if (found.state() == TailFrame.State.TORN && !last) {
      return file.damaged(at, "a frame of zeroes, although a later file was begun");
    }
    return found.problem();
  }

  /**
   * Keeps the frames to write again: those that may not be durable, and those that were misread.
   */
  private void keep(long at, Frame header, TailFrame found, boolean misread) {
    if (at == 0) {
      kept.clear();
    }
    kept.add(new FrameToRewrite(header.number(), at, found.bytes(), misread));
    while (!kept.isEmpty()
        && !kept.element().misread()
        && kept.element().number() <= header.synced()) {
      kept.remove();
    }
  }

  private void deliver(TailFile file, long at, TailFrame found) {
    int next = Frame.HEADER_BYTES;
    for (TailRecord record : found.records()) {
      Write write = decode(file, at + next, record, found.bytes(), next);
      if (write != null) {
        replay(write, RecordLocation.of(file, at + next, record, write));
      }
      next += TailRecord.HEADER_BYTES + record.bodyBytes();
    }
  }

  private void replay(Write write, RecordLocation location) {
    try {
      replay.record(write, location);
    } catch (JournalException e) {
      faults.found(e);
    }
  }

  private @Nullable Write decode(
      TailFile file, long offset, TailRecord record, ByteBuffer frame, int at) {
    try {
      return record.decodeBody(frame, at + TailRecord.HEADER_BYTES);
    } catch (IllegalArgumentException | IllegalStateException e) {
      faults.found(file.damaged(offset, "not a valid record of kind " + record.kind()));
      return null;
    }
  }

  /** Whether a later frame records that more than this was synced, which is a fault. */
  private boolean findLost(TailFile file, long end) throws IOException {
    stale.clear();
    for (long at = end; file.size() - at >= Frame.SECTOR_BYTES; at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, file.size() - at);
      for (ByteBuffer chunk : List.of(file.read(at, bytes), file.readUncached(at, bytes))) {
        JournalException lost = lost(file, end, at, chunk);
        if (lost != null) {
          faults.found(lost);
          return true;
        }
        if (!Frame.isZero(chunk, 0, bytes)) {
          stale.add(at);
        }
      }
    }
    return false;
  }

  private @Nullable JournalException lost(TailFile file, long end, long at, ByteBuffer chunk) {
    for (int i = 0; chunk.limit() - i >= Frame.SECTOR_BYTES; i += Frame.SECTOR_BYTES) {
      Frame later = Frame.decode(chunk, i);
      if (later != null
          && later.file() == file.sequence()
          && later.offset() == at + i
          && (later.synced() > number || later.number() <= number)) {
        return file.damaged(end, "frame " + later.number() + " records that this was synced");
      }
    }
    return null;
  }

  /** Makes the recovered frames durable, and the rest zeroes, before anything is appended. */
  private void settle() throws IOException {
    TailFile file = last();
    if (file == null) {
      return;
    }
    for (FrameToRewrite frame : kept) {
      // After a failed sync it may be clean in the page cache and lost on the disk: write it again.
      file.file().write(frame.at(), frame.bytes());
    }
    for (long at : stale) {
      file.file().write(at, ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, file.size() - at)));
    }
    file.file().sync();
  }

  /** The file in which the log continues, or null if there is none. */
  @Nullable TailFile last() {
    return used.isEmpty() ? null : used.get(used.size() - 1);
  }
}

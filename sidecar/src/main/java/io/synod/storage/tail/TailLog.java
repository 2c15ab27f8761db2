package io.synod.storage.tail;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Write;
import io.synod.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * The part of the log that is still written: preallocated files, appended to.
 *
 * <h2>Layout</h2>
 *
 * A file is made of zeroes and synced with its name before it is used; it is never used twice. What
 * one append writes is a {@link Frame}: a header, then {@link TailRecord records}, then zeroes to
 * the end of the sector. Frames are numbered through all files without a gap, and a header says
 * which file, which offset and which number it is, and <i>how far the frames were synced when it
 * was written</i>. A file is synced before the next one is begun, and begins with what must outlive
 * its predecessors: the promise and the formation. So an old file may go as soon as its slots are
 * sealed.
 *
 * <h2>Torn or damaged</h2>
 *
 * At a crash, of the frames written after the last sync each sector is there or is still the zeroes
 * it was made of, in any combination; all others are there. We assume that a disk writes a sector
 * whole or not at all. Recovery reads frame after frame and stops at the first that is not whole.
 * Let its number be n.
 *
 * <ol>
 *   <li>If a later frame says that n was synced, or a later file was begun, or the superblock knows
 *       of one, then n was there once: damage.
 *   <li>Otherwise nothing tells that n was synced. If it is torn, more of its sectors are zeroes
 *       than its header says were written so. If not, a bit was flipped: damage.
 *   <li>Otherwise it is a torn end. No vow was spoken for it, nor for the frames after it, even if
 *       some of those are whole: they are dropped with it.
 * </ol>
 *
 * What remains is one case that no log can tell apart: of the very last synced frame, a whole
 * sector turned to zeroes, before any other frame was written. {@link #close} writes an empty frame
 * so that this cannot befall a log that was closed.
 *
 * <p>A read may be answered with zeroes or with what is elsewhere. So nothing ends the log that was
 * read only once: what is whole in a second read, from the device itself where that can be done, is
 * there.
 *
 * <p>Before anything is appended, what recovery found is made durable and the rest of the file is
 * overwritten with zeroes and synced. Otherwise a dropped frame could appear again behind a new one
 * of the same length.
 *
 * <h2>Threads</h2>
 *
 * The loop's thread owns it. {@link #isFull}, {@link #bytes} and {@link #files} may be called by
 * any.
 */
public final class TailLog {
  private static final int FRAME_BYTES_MAX = 4 << 20;
  // How often the next file is tried for, in the length of one file.
  private static final int SPARE_TRIES = 16;
  // A file is nearly full once less than this part of it is left.
  private static final int SCARCE_PARTS = 4;

  private final Disk disk;
  private final long cluster;
  private final long fileBytes;
  private final TailScan.Replay written;
  private final Supplier<List<Write>> carried;
  private final ConcurrentSkipListMap<Long, TailFile> files = new ConcurrentSkipListMap<>();
  private final NextTailFile next;
  private final List<Write> pendingWrites = new ArrayList<>();
  private final List<RecordLocation> pendingPlaces = new ArrayList<>();
  private ByteBuffer frame = ByteBuffer.allocate(64 * 1024);
  private TailFile current;
  private long position;
  // Invariant: synced <= number; number is that of the last frame written.
  private long number;
  private long synced;
  // From here on in the file the next one is made, or tried again.
  private long spareFrom;
  // Whether little is left of the file in use.
  private volatile boolean scarce;

  private TailLog(Builder from, TailScan scan) throws IOException {
    this.disk = from.disk;
    this.cluster = from.cluster;
    this.fileBytes = from.fileBytes;
    this.written = from.written;
    this.carried = from.carried;
    this.next = new NextTailFile(disk, fileBytes, scan.sequenceMax());
    this.number = scan.number();
    this.synced = number;
    scan.used().forEach(file -> files.put(file.sequence(), file));
    TailFile last = scan.last();
    this.position = scan.end();
    this.current = last == null ? next.create(fileBytes) : last;
    files.put(current.sequence(), current);
    this.scarce = isScarce();
  }

  private boolean isScarce() {
    return current.size() - position < current.size() / SCARCE_PARTS;
  }

  /**
   * What a tail is opened with.
   *
   * @param written is told every record that is found or written, in order
   * @param carried what a new file must begin with
   */
  public record Builder(
      Disk disk,
      long cluster,
      long fileBytes,
      TailScan.Replay written,
      Supplier<List<Write>> carried) {

    /** Reads back what is there; see {@link TailScan#run}. */
    public TailLog open(Superblock.State known) throws IOException {
      TailScan scan = new TailScan(disk, cluster, known, written);
      scan.run();
      return new TailLog(this, scan);
    }
  }

  /**
   * Writes in order, mostly in one frame; durable only after the next {@link #sync}.
   *
   * @return how many were written, which is less than all if there is no room for the next file
   */
  public int append(List<Write> writes, long timeMillis) throws IOException {
    begin();
    for (int i = 0; i < writes.size(); i++) {
      Write write = writes.get(i);
      int bytes = TailRecord.HEADER_BYTES + TailRecord.bodyBytes(write);
      long with = frame.position() - Frame.HEADER_BYTES + (long) bytes;
      boolean tooLong = Frame.extent(with) > Math.min(FRAME_BYTES_MAX, current.size() - position);
      if (tooLong && !pendingWrites.isEmpty()) {
        flush();
        begin();
      }
      if (Frame.extent(bytes) > current.size() - position && !roll(bytes, timeMillis)) {
        scarce = true;
        return i;
      }
      put(write, bytes, timeMillis);
    }
    flush();
    scarce = isScarce();
    return writes.size();
  }

  private void begin() {
    frame.clear().position(Frame.HEADER_BYTES);
  }

  private void put(Write write, int bytes, long timeMillis) {
    if (frame.remaining() < bytes) {
      int needed = Math.toIntExact(Frame.extent(frame.position() + (long) bytes));
      frame = ByteBuffer.allocate(Math.max(needed, frame.capacity() * 2)).put(frame.flip());
    }
    long offset = position + frame.position();
    TailRecord record = TailRecord.encode(write, cluster, timeMillis, frame);
    pendingWrites.add(write);
    pendingPlaces.add(RecordLocation.of(current, offset, record, write));
  }

  private void flush() throws IOException {
    int payload = frame.position() - Frame.HEADER_BYTES;
    Frame header =
        new Frame(
            cluster,
            current.sequence(),
            current.size(),
            position,
            number + 1,
            synced,
            payload,
            Frame.zeroSectors(frame, frame.position()));
    int extent = (int) header.extent();
    Check.that(
        position + extent <= current.size(),
        "a frame fits its file",
        position + extent,
        current.size());
    Check.that(synced <= number, "only what was written is synced", synced, number);
    if (frame.capacity() < extent) {
      frame = ByteBuffer.allocate(extent).put(frame.flip());
    }
    frame.limit(extent);
    while (frame.hasRemaining()) {
      frame.put((byte) 0);
    }
    header.encode(frame);
    current.file().write(position, frame.flip());
    position += extent;
    number++;
    for (int i = 0; i < pendingWrites.size(); i++) {
      written.record(pendingWrites.get(i), pendingPlaces.get(i));
    }
    pendingWrites.clear();
    pendingPlaces.clear();
  }

  /**
   * Goes on in another file, whose first frame begins with what must outlive this one. Everything
   * before was written.
   *
   * @return false if there is no room for another file; then nothing has changed
   */
  private boolean roll(int bytes, long timeMillis) throws IOException {
    sync();
    Check.that(pendingWrites.isEmpty(), "everything before is written before a file is begun");
    List<Write> first = carried.get();
    long needed = bytes;
    for (Write write : first) {
      needed += TailRecord.HEADER_BYTES + TailRecord.bodyBytes(write);
    }
    TailFile file = next.take(Math.max(fileBytes, Frame.extent(needed)), current.sequence());
    if (file == null) {
      return false;
    }
    Check.that(
        file.sequence() > current.sequence(),
        "files are numbered upwards",
        file.sequence(),
        current.sequence());
    current = file;
    files.put(current.sequence(), current);
    position = 0;
    spareFrom = 0;
    begin();
    for (Write write : first) {
      put(write, TailRecord.HEADER_BYTES + TailRecord.bodyBytes(write), timeMillis);
    }
    return true;
  }

  /** Returns once every frame is durable. */
  public void sync() throws IOException {
    if (synced < number) {
      current.file().sync();
      synced = number;
    }
  }

  /** Whether the next file should be made before it is needed. */
  public boolean wantsSpare() {
    return position > Math.max(current.size() / 2, spareFrom) && !next.isReady();
  }

  /** The next file is being made. If there is no room for it, it is tried again a bit later. */
  public void spareTried() {
    spareFrom = position + current.size() / SPARE_TRIES;
  }

  /** Where the next file comes from. */
  public NextTailFile next() {
    return next;
  }

  /** Whether the file in use is nearly full, and there is no room for the next one. */
  public boolean isFull() {
    return next.lacksRoom() && scarce;
  }

  /** How long a file is as a rule. */
  public long fileBytes() {
    return fileBytes;
  }

  /** The files that hold records, oldest first; the last one is being written. */
  public Iterable<TailFile> files() {
    return files.values();
  }

  /** The first file that is needed; 0 before the first frame. */
  public long oldest() {
    return newest() == 0 ? 0 : files.firstKey();
  }

  /** The last file that holds a frame; 0 before the first. */
  public long newest() {
    return position > 0 ? current.sequence() : 0;
  }

  /** Forgets files up to this one, which are to be deleted once the superblock says so. */
  public List<TailFile> retire(long throughSequence) {
    Check.that(
        throughSequence < current.sequence(),
        "the file in use is not retired",
        throughSequence,
        current.sequence());
    List<TailFile> retired = new ArrayList<>(files.headMap(throughSequence, true).values());
    files.headMap(throughSequence, true).clear();
    return retired;
  }

  /** Bytes the files take. */
  public long bytes() {
    long bytes = next.bytes();
    for (TailFile file : files.values()) {
      bytes += file.size();
    }
    return bytes;
  }

  /** Writes one empty frame, which tells that all others were synced. */
  public void seal() throws IOException {
    if (number > 0 && current.size() - position >= Frame.SECTOR_BYTES) {
      sync();
      begin();
      flush();
      sync();
    }
  }

  /** Closes the files without another word. */
  public void close() throws IOException {
    next.close();
    for (TailFile file : files.values()) {
      file.file().close();
    }
  }
}

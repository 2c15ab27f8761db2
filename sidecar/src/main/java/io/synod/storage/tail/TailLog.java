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
 * The tail of the log, to which records are appended: a sequence of preallocated files.
 *
 * <h2>Layout</h2>
 *
 * A file is filled with zeroes and synced with its name before it is used; it is never used twice.
 * One append writes a {@link Frame}: a header, then {@link TailRecord records}, then zeroes to the
 * end of the sector. Frames are numbered through all files without a gap, and a header holds its
 * file, offset and number, and <i>the number of the last frame that was synced when it was
 * written</i>. A file is synced before the next one is begun, and begins with the records that must
 * outlive its predecessors: the promise and the formation. So an old file may be removed as soon as
 * its slots are sealed.
 *
 * <h2>Torn or damaged</h2>
 *
 * After a crash, each sector of the frames written after the last sync was either written or is
 * still zero, in any combination; all earlier frames are intact. We assume that a disk writes a
 * sector atomically. Recovery reads frame after frame and stops at the first that is not intact.
 * Let its number be n.
 *
 * <ol>
 *   <li>If a later frame records that n was synced, or a later file was begun, or the superblock
 *       records one, then n was intact once: damage.
 *   <li>Otherwise nothing shows that n was synced. If it is torn, more of its sectors are zeroes
 *       than its header records. If not, a bit was flipped: damage.
 *   <li>Otherwise it is a torn end. No promise or acceptance was sent for it, nor for the frames
 *       after it, even if some of those are intact: they are dropped with it.
 * </ol>
 *
 * One case remains that no log can detect: a whole sector of the very last synced frame turned to
 * zeroes before any other frame was written. {@link #seal} writes an empty frame, so that this
 * cannot happen to a log that was closed.
 *
 * <p>A read may return zeroes or data from elsewhere. So no single read ends the log: a frame that
 * is intact in a second read, which bypasses the page cache where possible, is valid.
 *
 * <p>Before anything is appended, the recovered frames are made durable, and the rest of the file
 * is overwritten with zeroes and synced. Otherwise a dropped frame could appear again behind a new
 * one of the same length.
 *
 * <h2>Threads</h2>
 *
 * The loop's thread owns it. {@link #isFull}, {@link #bytes} and {@link #files} may be called by
 * any.
 */
public final class TailLog {
  private static final int FRAME_BYTES_MAX = 4 << 20;
  // How often creating the next file is retried, per length of one file.
  private static final int SPARE_TRIES = 16;
  // A file is nearly full once less than this fraction of it is left.
  private static final int SCARCE_PARTS = 4;

  private final Disk disk;
  private final long cluster;
  private final long fileBytes;
  private final TailScan.Replay written;
  private final Supplier<List<Write>> carryOver;
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
  // From this offset on the next file is created, or its creation retried.
  private long spareFrom;
  // Whether the file in use is nearly full.
  private volatile boolean scarce;

  private TailLog(Builder from, TailScan scan) throws IOException {
    this.disk = from.disk;
    this.cluster = from.cluster;
    this.fileBytes = from.fileBytes;
    this.written = from.written;
    this.carryOver = from.carryOver;
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
   * The parameters to open a tail.
   *
   * @param written receives every record that is found or written, in order
   * @param carryOver the records with which a new file must begin
   */
  public record Builder(
      Disk disk,
      long cluster,
      long fileBytes,
      TailScan.Replay written,
      Supplier<List<Write>> carryOver) {

    /**
     * Recovers the tail; see {@link TailScan}.
     *
     * @throws io.synod.runtime.port.JournalException if something that was synced is not intact
     */
    public TailLog open(SuperblockCopy.State known) throws IOException {
      TailScan scan = new TailScan(disk, cluster, known, written, TailScan.Faults.REFUSE);
      scan.read();
      scan.mend();
      return new TailLog(this, scan);
    }
  }

  /**
   * Writes the records in order, normally in one frame; durable only after the next {@link #sync}.
   *
   * @return how many were written, which is less than all if there is no space for the next file
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
   * Continues in another file, whose first frame begins with the records that must outlive this
   * one. Everything before was written.
   *
   * @return false if there is no space for another file; then nothing has changed
   */
  private boolean roll(int bytes, long timeMillis) throws IOException {
    sync();
    Check.that(pendingWrites.isEmpty(), "everything before is written before a file is begun");
    List<Write> first = carryOver.get();
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
  public boolean needsSpare() {
    return position > Math.max(current.size() / 2, spareFrom) && !next.isReady();
  }

  /**
   * The next file is being created. If there is no space for it, that is retried somewhat later.
   */
  public void spareTried() {
    spareFrom = position + current.size() / SPARE_TRIES;
  }

  /** The source of the next file. */
  public NextTailFile next() {
    return next;
  }

  /** Whether the file in use is nearly full, and there is no space for the next one. */
  public boolean isFull() {
    return next.lacksRoom() && scarce;
  }

  /** The normal length of a file. */
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

  /** Drops files up to this one, which are to be deleted once the superblock records that. */
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

  /** The bytes that the files take. */
  public long bytes() {
    long bytes = next.bytes();
    for (TailFile file : files.values()) {
      bytes += file.size();
    }
    return bytes;
  }

  /** Writes one empty frame, which records that all others were synced. */
  public void seal() throws IOException {
    if (number > 0 && current.size() - position >= Frame.SECTOR_BYTES) {
      sync();
      begin();
      flush();
      sync();
    }
  }

  /** Closes the files without writing anything. */
  public void close() throws IOException {
    next.close();
    for (TailFile file : files.values()) {
      file.file().close();
    }
  }
}

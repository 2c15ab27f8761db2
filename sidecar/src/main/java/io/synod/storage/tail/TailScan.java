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
 * Recovers the tail when a journal is opened: distinguishes a torn end from damage by the argument
 * in {@link TailLog}, and leaves an end that is durable and clean. It is used once, by one thread.
 */
public final class TailScan {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final Disk disk;
  private final long cluster;
  private final Superblock.State known;
  private final Replay replay;
  private final List<TailFile> used = new ArrayList<>();
  private final List<TailFile> unused = new ArrayList<>();
  // The frames of the last used file that are to be written again.
  private final Deque<FrameToRewrite> kept = new ArrayDeque<>();
  private long number;
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

  TailScan(Disk disk, long cluster, Superblock.State known, Replay replay) {
    this.disk = disk;
    this.cluster = cluster;
    this.known = known;
    this.replay = replay;
  }

  /**
   * Replays the tail and cleans its end.
   *
   * @throws JournalException if something that was synced is not intact
   */
  void run() throws IOException {
    List<TailFile> touched = new ArrayList<>();
    for (TailFile file : files()) {
      if (!isBlank(file)) {
        touched.add(file);
      } else if (file.sequence() == known.newest() || file.sequence() == known.oldest()) {
        throw file.damaged(0, "all zeroes, although the superblock records that it was used");
      } else {
        unused.add(file);
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
      refuseLost(last, end);
    }
    for (TailFile file : unused) {
      file.file().close();
      disk.delete(file.name());
    }
    settle();
  }

  /** The files that hold frames, oldest first. */
  List<TailFile> used() {
    return used;
  }

  /** The number of the last frame; 0 if there is none. */
  long number() {
    return number;
  }

  /** The offset at which the last used file continues. */
  long end() {
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
        throw new JournalException(disk.path(TailFile.name(needed)) + " is missing");
      }
    }
    // Older files were sealed; the process ended before it could remove them.
    for (String name : names.headMap(known.oldest()).values()) {
      disk.delete(name);
    }
    List<TailFile> files = new ArrayList<>();
    for (long sequence : names.tailMap(known.oldest()).keySet()) {
      files.add(new TailFile(disk, sequence, disk.open(TailFile.name(sequence))));
    }
    return files;
  }

  /** Replays one file; returns where its frames end. */
  private long scan(TailFile file, boolean last) throws IOException {
    long at = 0;
    while (file.size() - at >= Frame.SECTOR_BYTES) {
      TailFrame cached = TailFrame.read(file::read, file, at, cluster);
      boolean misread = cached.header() == null;
      TailFrame found = misread ? again(file, at, cached) : cached;
      Frame header = found.header();
      if (header == null) {
        if (found.state() == TailFrame.State.TORN && !last) {
          throw file.damaged(at, "a frame of zeroes, although a later file was begun");
        }
        break;
      }
      if (number > 0 && header.number() != number + 1) {
        throw file.damaged(at, "frame " + header.number() + " follows frame " + number);
      }
      deliver(file, at, found);
      keep(at, header, found, misread);
      number = header.number();
      at += header.extent();
    }
    if (last) {
      refuseLost(file, at);
    }
    if (at == 0 && (!last || file.sequence() <= known.newest())) {
      throw file.damaged(0, "no frame, although the file was used");
    }
    return at;
  }

  /**
   * No single read ends the log: a frame that is intact when it is read again, bypassing the page
   * cache where possible, is valid.
   */
  private TailFrame again(TailFile file, long at, TailFrame first) throws IOException {
    TailFrame second = TailFrame.read(file::readUncached, file, at, cluster);
    if (second.header() != null) {
      return second;
    }
    if (first.problem() != null && second.problem() == null) {
      // Two equal reads from the device outweigh one from the page cache.
      TailFrame third = TailFrame.read(file::readUncached, file, at, cluster);
      if (third.header() != null || third.state() == second.state()) {
        return third;
      }
    }
    for (TailFrame read : List.of(first, second)) {
      RuntimeException problem = read.problem();
      if (problem != null) {
        throw problem;
      }
    }
    return first.state() == TailFrame.State.TORN ? first : second;
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
      Write write;
      try {
        write = record.decodeBody(found.bytes(), next + TailRecord.HEADER_BYTES);
      } catch (IllegalArgumentException | IllegalStateException e) {
        throw file.damaged(at + next, "not a valid record of kind " + record.kind());
      }
      replay.record(write, RecordLocation.of(file, at + next, record, write));
      next += TailRecord.HEADER_BYTES + record.bodyBytes();
    }
  }

  /** Refuses an end if a later frame records that more than this was synced. */
  private void refuseLost(TailFile file, long end) throws IOException {
    stale.clear();
    for (long at = end; file.size() - at >= Frame.SECTOR_BYTES; at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, file.size() - at);
      for (ByteBuffer chunk : List.of(file.read(at, bytes), file.readUncached(at, bytes))) {
        refuseLost(file, end, at, chunk);
        if (!Frame.isZero(chunk, 0, bytes)) {
          stale.add(at);
        }
      }
    }
  }

  private void refuseLost(TailFile file, long end, long at, ByteBuffer chunk) {
    for (int i = 0; chunk.limit() - i >= Frame.SECTOR_BYTES; i += Frame.SECTOR_BYTES) {
      Frame later = Frame.decode(chunk, i);
      if (later != null
          && later.file() == file.sequence()
          && later.offset() == at + i
          && (later.synced() > number || later.number() <= number)) {
        throw file.damaged(end, "frame " + later.number() + " records that this was synced");
      }
    }
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

  private static boolean isBlank(TailFile file) throws IOException {
    for (long at = 0; at < file.size(); at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, file.size() - at);
      if (!Frame.isZero(file.read(at, bytes), 0, bytes)
          || !Frame.isZero(file.readUncached(at, bytes), 0, bytes)) {
        return false;
      }
    }
    return true;
  }

  /** The file in which the log continues, or null if there is none. */
  @Nullable TailFile last() {
    return used.isEmpty() ? null : used.get(used.size() - 1);
  }
}

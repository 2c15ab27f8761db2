package io.synod.storage;

import io.synod.paxos.Write;
import io.synod.runtime.JournalException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tail back when a journal is opened, tells a torn end from damage by the argument in
 * {@link TailLog}, and leaves an end that is durable and clean. Used once, by one thread.
 */
final class TailScan {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final Disk disk;
  private final long cluster;
  private final Superblock.State known;
  private final Replay replay;
  private final List<TailFile> used = new ArrayList<>();
  private final List<TailFile> unused = new ArrayList<>();
  // The frames of the last used file that no later frame proves to be synced: number and offset.
  private final Deque<long[]> unproven = new ArrayDeque<>();
  private long number;
  private long end;
  private long sequenceMax;

  /** Takes every record of the tail in the order in which it was written. */
  interface Replay {
    void record(Write write, Placed placed);
  }

  TailScan(Disk disk, long cluster, Superblock.State known, Replay replay) {
    this.disk = disk;
    this.cluster = cluster;
    this.known = known;
    this.replay = replay;
  }

  /**
   * Replays what the tail holds and cleans its end.
   *
   * @throws JournalException if something that was synced is not there as it was written
   */
  void run() throws IOException {
    List<TailFile> touched = new ArrayList<>();
    for (TailFile file : files()) {
      if (!isBlank(file)) {
        touched.add(file);
      } else if (file.sequence() == known.newest() || file.sequence() == known.oldest()) {
        throw file.damaged(0, "zeroes, although the superblock says that it was used");
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

  /** Where the last used file goes on. */
  long end() {
    return end;
  }

  /** The highest number any file has had. */
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
    // What is older was sealed; the process ended before it could remove it.
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
      ByteBuffer sector = file.read(at, Frame.SECTOR_BYTES);
      Frame frame = Frame.decode(sector, 0);
      if (frame == null) {
        if (!Frame.isZero(sector, 0, Frame.SECTOR_BYTES)) {
          throw file.damaged(at, "neither a frame nor zeroes");
        }
        break;
      }
      verify(file, at, frame);
      if (!replay(file, at, frame)) {
        if (!last) {
          throw file.damaged(at, "a frame with zeroes, although a later file was begun");
        }
        break;
      }
      if (at == 0) {
        unproven.clear();
      }
      number = frame.number();
      unproven.add(new long[] {number, at});
      while (!unproven.isEmpty() && unproven.element()[0] <= frame.synced()) {
        unproven.remove();
      }
      at += frame.extent();
    }
    if (last) {
      refuseLost(file, at);
    }
    if (at == 0 && (!last || file.sequence() <= known.newest())) {
      throw file.damaged(0, "no frame, although the file was used");
    }
    return at;
  }

  private void verify(TailFile file, long at, Frame frame) {
    if (frame.fileBytes() != file.size()) {
      throw file.damaged(
          at, "the file has " + file.size() + " bytes and was made with " + frame.fileBytes());
    }
    if (frame.cluster() != cluster
        || frame.file() != file.sequence()
        || frame.offset() != at
        || frame.payloadBytes() < 0
        || frame.extent() > file.size() - at) {
      throw file.damaged(at, "a frame that belongs elsewhere");
    }
    if (number > 0 && frame.number() != number + 1) {
      throw file.damaged(at, "frame " + frame.number() + " follows frame " + number);
    }
  }

  /** Replays a frame; false if it is torn. */
  private boolean replay(TailFile file, long at, Frame frame) throws IOException {
    ByteBuffer bytes = file.read(at, (int) frame.extent());
    bytes.limit(Frame.HEADER_BYTES + frame.payloadBytes());
    List<TailRecord> records = new ArrayList<>();
    int next = Frame.HEADER_BYTES;
    while (next < bytes.limit()) {
      TailRecord record = TailRecord.decodeHeader(bytes, next);
      if (record == null
          || record.cluster() != cluster
          || !record.bodyIsWhole(bytes, next + TailRecord.HEADER_BYTES)) {
        if (Frame.zeroSectors(bytes, bytes.limit()) > frame.zeroSectors()) {
          return false;
        }
        throw file.damaged(at + next, "a record");
      }
      records.add(record);
      next += TailRecord.HEADER_BYTES + record.bodyBytes();
    }
    next = Frame.HEADER_BYTES;
    for (TailRecord record : records) {
      deliver(file, at + next, record, bytes, next + TailRecord.HEADER_BYTES);
      next += TailRecord.HEADER_BYTES + record.bodyBytes();
    }
    return true;
  }

  private void deliver(TailFile file, long offset, TailRecord record, ByteBuffer in, int bodyAt) {
    Write write;
    try {
      write = record.decodeBody(in, bodyAt);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw file.damaged(offset, "a record that is no " + record.kind());
    }
    replay.record(write, Placed.of(file, offset, record, write));
  }

  /** Refuses an end after which a frame tells that more than this was synced. */
  private void refuseLost(TailFile file, long end) throws IOException {
    for (long at = end; file.size() - at >= Frame.SECTOR_BYTES; at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, file.size() - at);
      ByteBuffer chunk = file.read(at, bytes);
      for (int i = 0; bytes - i >= Frame.SECTOR_BYTES; i += Frame.SECTOR_BYTES) {
        Frame later = Frame.decode(chunk, i);
        if (later != null && later.file() == file.sequence() && later.offset() == at + i) {
          if (later.synced() > number || later.number() <= number) {
            throw file.damaged(end, "frame " + later.number() + " says that this was synced");
          }
        }
      }
    }
  }

  /** Makes what was found durable, and what was not found zeroes, before anything is appended. */
  private void settle() throws IOException {
    if (used.isEmpty()) {
      return;
    }
    TailFile file = used.get(used.size() - 1);
    long from = unproven.isEmpty() ? end : unproven.element()[1];
    for (long at = from; at < end; at += CHUNK_BYTES) {
      // A failed sync may have left these clean in memory and lost on the disk: write them again.
      file.file().write(at, file.read(at, (int) Math.min(CHUNK_BYTES, end - at)));
    }
    for (long at = end; at < file.size(); at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, file.size() - at);
      if (!Frame.isZero(file.read(at, bytes), 0, bytes)) {
        file.file().write(at, ByteBuffer.allocate(bytes));
      }
    }
    file.file().sync();
  }

  private static boolean isBlank(TailFile file) throws IOException {
    for (long at = 0; at < file.size(); at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, file.size() - at);
      if (!Frame.isZero(file.read(at, bytes), 0, bytes)) {
        return false;
      }
    }
    return true;
  }

  /** The file that goes on, or null if there is none. */
  @Nullable TailFile last() {
    return used.isEmpty() ? null : used.get(used.size() - 1);
  }
}

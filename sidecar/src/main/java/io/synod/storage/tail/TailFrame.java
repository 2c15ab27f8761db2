package io.synod.storage.tail;

import io.synod.runtime.port.JournalException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one read at a place in the tail where a frame may be.
 *
 * @param state whether a frame is there
 * @param header its header; null unless it is intact
 * @param bytes all of it, up to the next sector
 * @param records its records, in order
 * @param problem the damage and its place, as an exception
 */
record TailFrame(
    State state,
    @Nullable Frame header,
    ByteBuffer bytes,
    List<TailRecord> records,
    @Nullable JournalException problem) {

  /** Whether a frame is intact. */
  enum State {
    WHOLE,
    /** Some sectors are still zeroes: a power failure came before they were written. */
    TORN,
    ZEROES,
    DAMAGED
  }

  /** One way to read a file. */
  interface Source {
    ByteBuffer read(long offset, int bytes) throws IOException;
  }

  /** Reads the frame at {@code at} in {@code file}, which must be of this cluster. */
  static TailFrame read(Source source, TailFile file, long at, long cluster) throws IOException {
    ByteBuffer sector = source.read(at, Frame.SECTOR_BYTES);
    Frame header = Frame.decode(sector, 0);
    if (header == null) {
      return Frame.isZero(sector, 0, Frame.SECTOR_BYTES)
          ? without(State.ZEROES, null)
          : damaged(file, at, "neither a frame nor zeroes");
    }
    if (header.fileBytes() != file.size()) {
      return damaged(
          file,
          at,
          "the file has " + file.size() + " bytes and was created with " + header.fileBytes());
    }
    if (header.cluster() != cluster
        || header.file() != file.sequence()
        || header.offset() != at
        || header.payloadBytes() < 0
        || header.extent() > file.size() - at) {
      return damaged(file, at, "a frame that belongs elsewhere");
    }
    ByteBuffer bytes = source.read(at, (int) header.extent());
    return header.equals(Frame.decode(bytes, 0))
        ? records(file, at, header, bytes)
        : damaged(file, at, "two reads of the header of a frame differ");
  }

  /**
   * No single read ends the log: a frame that is intact when it is read again, bypassing the page
   * cache where possible, is valid. What is damaged in either read is damaged.
   */
  static TailFrame again(TailFile file, long at, long cluster, TailFrame first) throws IOException {
    TailFrame second = read(file::readUncached, file, at, cluster);
    if (second.header() != null) {
      return second;
    }
    if (first.problem() != null && second.problem() == null) {
      // Two equal reads from the device outweigh one from the page cache.
      TailFrame third = read(file::readUncached, file, at, cluster);
      if (third.header() != null || third.state() == second.state()) {
        return third;
      }
    }
    for (TailFrame damaged : List.of(first, second)) {
      if (damaged.problem() != null) {
        return damaged;
      }
    }
    return first.state() == State.TORN ? first : second;
  }

  /** The offset of the next intact frame after {@code at}; the end of the file if there is none. */
  static long next(TailFile file, long at) throws IOException {
    for (long next = at + Frame.SECTOR_BYTES;
        file.size() - next >= Frame.SECTOR_BYTES;
        next += Frame.SECTOR_BYTES) {
      Frame header = Frame.decode(file.read(next, Frame.SECTOR_BYTES), 0);
      if (header != null && header.file() == file.sequence() && header.offset() == next) {
        return next;
      }
    }
    return file.size();
  }

  private static TailFrame records(TailFile file, long at, Frame header, ByteBuffer bytes) {
    List<TailRecord> records = new ArrayList<>();
    int end = Frame.HEADER_BYTES + header.payloadBytes();
    ByteBuffer content = bytes.duplicate().limit(end);
    int next = Frame.HEADER_BYTES;
    while (next < end) {
      TailRecord record = TailRecord.decodeHeader(content, next);
      if (record == null
          || record.cluster() != header.cluster()
          || !record.bodyIsWhole(content, next + TailRecord.HEADER_BYTES)) {
        return Frame.zeroSectors(content, end) > header.zeroSectors()
            ? without(State.TORN, null)
            : damaged(file, at + next, "a record");
      }
      records.add(record);
      next += TailRecord.HEADER_BYTES + record.bodyBytes();
    }
    return new TailFrame(State.WHOLE, header, bytes, records, null);
  }

  private static TailFrame damaged(TailFile file, long offset, String what) {
    return without(State.DAMAGED, file.damaged(offset, what));
  }

  private static TailFrame without(State state, @Nullable JournalException problem) {
    return new TailFrame(state, null, ByteBuffer.allocate(0), List.of(), problem);
  }
}

package io.synod.storage.sealed;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sealed, immutable streams of bytes by their labels. Any thread may call any method. */
public interface StreamStore extends AutoCloseable {

  /**
   * Where a stream is kept.
   *
   * @param shelf what it belongs to: small letters, digits and dashes
   * @param number its place there
   */
  record Label(String shelf, long number) {}

  /**
   * Begins a stream. It takes the place of one with the same label once it is sealed.
   *
   * @param note is kept with it
   */
  StreamWriter stage(Label label, Bytes note);

  /** What is on a shelf, by rising numbers; whether it is whole shows when it is opened. */
  List<Label> labels(String shelf);

  /** The shelves that hold anything, sorted. */
  List<String> shelves();

  /**
   * A stream that is here, to be closed by whoever asked; null if it is not here.
   *
   * @throws JournalException if it is damaged
   */
  @Nullable StoredStream open(Label label);

  /** Removes a stream, if it is here; durable once this returns. */
  void delete(Label label);

  /** Bytes that it takes on the disk. */
  long bytes();

  @Override
  void close();

  /** A stream with its note. */
  interface StoredStream extends StreamReader {

    /** What was noted when it was staged. */
    Bytes note();

    /**
     * Reads all of it.
     *
     * @throws JournalException if it is not as it was sealed
     */
    void verify();
  }
}

package io.synod.storage.sealed;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store of sealed, immutable streams of bytes by label. Any thread may call any method. */
public interface StreamStore extends AutoCloseable {

  /**
   * The label of a stream.
   *
   * @param group the group to which it belongs: lower-case letters, digits and dashes
   * @param number its number in the group
   */
  record Label(String group, long number) {}

  /**
   * Begins to write a stream. Once sealed, it replaces one with the same label.
   *
   * @param note stored with it
   */
  StreamWriter stage(Label label, Bytes note);

  /** The labels of a group, ascending; damage only shows when a stream is opened. */
  List<Label> labels(String group);

  /** The groups that hold any stream, sorted. */
  List<String> groups();

  /**
   * A stream, which the caller must close; null if there is none.
   *
   * @throws JournalException if it is damaged
   */
  @Nullable StoredStream open(Label label);

  /** Removes a stream, if it exists; durable once this returns. */
  void delete(Label label);

  /** Bytes that it takes on the disk. */
  long bytes();

  @Override
  void close();

  /** A stream with its note. */
  interface StoredStream extends StreamReader {

    /** The note with which it was staged. */
    Bytes note();

    /**
     * Reads all of it.
     *
     * @throws JournalException if its content differs from what was sealed
     */
    void verify();
  }
}

package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;

/**
 * A stream of bytes on this disk: sealed whole, verified, and never changed. Any thread may read it
 * until it is closed, even when it was deleted meanwhile.
 */
public interface StreamReader extends AutoCloseable {

  /** Its length. */
  long bytes();

  /** SHA-256 of all of it. */
  Bytes sha256();

  /**
   * The bytes from {@code offset} on, at most {@code bytesMax} of them, and none only at the end.
   *
   * @throws JournalException if they are damaged, naming file and offset
   */
  byte[] read(long offset, int bytesMax);

  /** Lets go of it. */
  @Override
  void close();
}

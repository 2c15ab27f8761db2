package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;

/**
 * A sealed, verified and immutable stream of bytes on this disk. Any thread may read it until it is
 * closed, even if it was deleted meanwhile.
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

  /** Releases it. */
  @Override
  void close();
}

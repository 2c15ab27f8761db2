package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;

/**
 * A stream of bytes that is being written to the disk. It does not exist until it is sealed. One
 * thread at a time uses it.
 */
public interface StreamWriter extends AutoCloseable {

  /**
   * Appends bytes, which are written to the disk and not kept.
   *
   * @throws JournalException if the disk does not accept them
   */
  void append(byte[] bytes);

  /** The number of appended bytes. */
  long bytes();

  /** SHA-256 of the appended bytes. */
  Bytes sha256();

  /**
   * Seals it: once this returns it is durable, was read back and verified.
   *
   * @throws JournalException if that fails; then the stream does not exist
   */
  void seal();

  /** Discards the stream if it was not sealed. */
  @Override
  void close();
}

package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;

/**
 * A stream of bytes on its way to the disk. Nothing of it is there until it is sealed. One thread
 * at a time.
 */
public interface StreamWriter extends AutoCloseable {

  /**
   * Takes more. The bytes go to the disk and are not kept.
   *
   * @throws JournalException if the disk does not take them
   */
  void append(byte[] bytes);

  /** How many were taken. */
  long bytes();

  /** SHA-256 of what was taken. */
  Bytes sha256();

  /**
   * Makes it whole: once this returns it is durable, was read back and verified.
   *
   * @throws JournalException if it cannot be made so; then it is not there
   */
  void seal();

  /** Gives up what was not sealed. */
  @Override
  void close();
}

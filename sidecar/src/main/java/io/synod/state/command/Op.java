package io.synod.state.command;

import io.synod.state.encoding.Payload;

/** An operation of a transaction. */
public sealed interface Op {

  /**
   * Writes a pair.
   *
   * @param ttlMillis its time to live, in log time; 0: until it is deleted
   * @param session the session whose end removes it; 0 if none
   */
  record Put(String key, Payload value, long ttlMillis, long session) implements Op {}

  /** Removes a pair, if it exists. */
  record Delete(String key) implements Op {}

  /** Removes all pairs under a prefix, if they are at most {@link Txn#PREFIX_KEYS_MAX}. */
  record DeletePrefix(String prefix) implements Op {}

  /** Reads a pair. */
  record Get(String key) implements Op {}
}

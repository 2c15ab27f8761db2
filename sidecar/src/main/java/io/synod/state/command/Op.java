package io.synod.state.command;

import io.synod.state.encoding.Payload;

/** An operation of a transaction. */
public sealed interface Op {

  /**
   * Writes a pair.
   *
   * @param ttlMillis how long it lives in log time; 0: until it is deleted
   * @param session the session it goes with; 0 if none
   */
  record Put(String key, Payload value, long ttlMillis, long session) implements Op {}

  /** Removes a pair, if it is there. */
  record Delete(String key) implements Op {}

  /** Removes all pairs under a prefix, if they are not more than {@link Txn#PREFIX_KEYS_MAX}. */
  record DeletePrefix(String prefix) implements Op {}

  /** Reads a pair. */
  record Get(String key) implements Op {}
}

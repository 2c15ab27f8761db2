package io.synod.state.command;

import io.synod.state.encoding.Payload;

/** A condition of a transaction. */
public sealed interface Compare {

  /** The key does not exist. */
  record KeyAbsent(String key) implements Compare {}

  /** The key was last written by this command; 0: it does not exist. */
  record ModIndexIs(String key, long index) implements Compare {}

  /** The key exists with this value. */
  record ValueIs(String key, Payload value) implements Compare {}

  /** The lock is held now, with this token. */
  record LockHeld(String lock, long token) implements Compare {}
}

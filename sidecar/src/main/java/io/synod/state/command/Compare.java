package io.synod.state.command;

import io.synod.state.encoding.Payload;

/** A condition of a transaction. */
public sealed interface Compare {

  /** There is no such key. */
  record KeyAbsent(String key) implements Compare {}

  /** The key was written last by this command; 0: there is no such key. */
  record ModIndexIs(String key, long index) implements Compare {}

  /** The key is there with this value. */
  record ValueIs(String key, Payload value) implements Compare {}

  /** The lock is held now, under this token. */
  record LockHeld(String lock, long token) implements Compare {}
}

package io.synod.state.result;

import java.util.List;

/** The part of a result that depends on the command. */
public sealed interface Reply {
  /** The memory of a transaction's reply besides its results. */
  long DONE_BYTES = 48;

  /** A command without a reply of its own took effect. */
  record None() implements Reply {
    private static final None ONLY = new None();
  }

  /** The reply of a command without one of its own. */
  static Reply none() {
    return None.ONLY;
  }

  /**
   * The reply to a transaction.
   *
   * @param succeeded whether the compares held
   * @param results one for each operation that was done
   */
  record Done(boolean succeeded, List<OpResult> results) implements Reply {}

  /**
   * The reply to a hold.
   *
   * @param queued whether it holds or waits; if not, the lock is held, and the command must not
   *     wait
   */
  record Queued(boolean queued) implements Reply {}

  /**
   * The reply to the release of a lock.
   *
   * @param token the token of the released hold; 0 if the lock was free
   */
  record Released(long token) implements Reply {}

  /**
   * The reply to an acknowledgement.
   *
   * @param index what is acknowledged now
   */
  record Acknowledged(long index) implements Reply {}

  /** The memory that remembering it may take, besides what every answer takes. */
  default long bytes() {
    long bytes = 0;
    if (this instanceof Done done) {
      bytes += DONE_BYTES;
      for (OpResult result : done.results()) {
        bytes += result.bytes();
      }
    }
    return bytes;
  }
}

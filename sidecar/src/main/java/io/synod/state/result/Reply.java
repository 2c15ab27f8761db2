package io.synod.state.result;

import java.util.List;

/** What a command answers, beside its index. */
public sealed interface Reply {
  /** What an answer to a transaction takes beside its results. */
  long DONE_BYTES = 48;

  /** Nothing more than that it took effect. */
  record None() implements Reply {
    private static final None ONLY = new None();
  }

  /** Nothing more than that it took effect. */
  static Reply none() {
    return None.ONLY;
  }

  /**
   * To a transaction.
   *
   * @param succeeded whether the compares held
   * @param results one for each operation that was done
   */
  record Done(boolean succeeded, List<OpResult> results) implements Reply {}

  /**
   * To a hold.
   *
   * @param queued whether it holds or waits; if not, another holds, and it was to be tried once
   */
  record Queued(boolean queued) implements Reply {}

  /**
   * To the release of a lock.
   *
   * @param token what was taken away; 0 if nobody held it
   */
  record Released(long token) implements Reply {}

  /**
   * To an acknowledgement.
   *
   * @param index what is acknowledged now
   */
  record Acknowledged(long index) implements Reply {}

  /** What remembering it may take in memory, beside what every answer takes. */
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

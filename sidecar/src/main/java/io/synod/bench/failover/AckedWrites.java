package io.synod.bench.failover;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * The writes of several writers that were acknowledged, each with its time of sending and of
 * acknowledgement. Times are of {@link System#nanoTime}.
 */
final class AckedWrites {
  private long[] sent = new long[1024];
  private long[] acked = new long[1024];
  private int count;

  /** Adds one, in any order. */
  void add(long sentNanos, long ackedNanos) {
    if (count == sent.length) {
      sent = Arrays.copyOf(sent, 2 * count);
      acked = Arrays.copyOf(acked, 2 * count);
    }
    sent[count] = sentNanos;
    acked[count] = ackedNanos;
    count++;
  }

  /** When the first of the writes that were sent at this time or later was acknowledged. */
  OptionalLong firstAckOfSentSince(long nanos) {
    OptionalLong first = OptionalLong.empty();
    for (int i = 0; i < count; i++) {
      if (sent[i] - nanos >= 0 && (first.isEmpty() || acked[i] - first.getAsLong() < 0)) {
        first = OptionalLong.of(acked[i]);
      }
    }
    return first;
  }

  /**
   * The longest time without an acknowledgement, from the last one before a fault to an end.
   *
   * @param fault the time of the fault, after at least one acknowledgement
   */
  long longestGap(long fault, long end) {
    // Times before the end, since the times themselves may pass the largest number.
    long[] before = Arrays.stream(acked, 0, count).map(time -> end - time).sorted().toArray();
    long longest = 0;
    long next = 0;
    for (long time : before) {
      longest = Math.max(longest, time - next);
      next = time;
      if (time >= end - fault) {
        return longest;
      }
    }
    throw new IllegalStateException("there is no acknowledgement before the fault");
  }
}

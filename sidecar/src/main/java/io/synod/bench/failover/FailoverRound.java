package io.synod.bench.failover;

import java.util.Map;

/**
 * The figures of one fault of a leader.
 *
 * @param gapSeconds from the fault to the first acknowledgement of a write that was sent after it;
 *     infinite if there was none in time
 * @param longestSeconds the longest time between two acknowledgements at the surviving members,
 *     from the last one before the fault, or from the last one to the end of the round
 * @param failedCalls writes that failed, by Synod's reason, or by gRPC's status code where there is
 *     none
 */
record FailoverRound(double gapSeconds, double longestSeconds, Map<String, Long> failedCalls) {
  FailoverRound {
    failedCalls = Map.copyOf(failedCalls);
  }

  /** Whether a write succeeded after the fault. */
  boolean recovered() {
    return Double.isFinite(gapSeconds);
  }
}

package io.synod.runtime.engine;

import io.synod.runtime.port.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The clock of an in-memory cluster, and the deviations of the nodes' clocks. */
final class TestClock {
  static final long MILLIS = 1_000_000;
  // A monotonic clock may begin anywhere.
  private static final long ORIGIN_NANOS = -(1L << 40);

  private final Map<Integer, Long> drifts = new HashMap<>();
  private ToLongFunction<Integer> wallAheadMillis = node -> 0;
  private long passedNanos = MILLIS;

  /** Now. */
  long nanos() {
    return ORIGIN_NANOS + passedNanos;
  }

  /** Now, by the node's clock. */
  long nanos(int node) {
    return nanos() + passedNanos / 1_000_000 * drifts.getOrDefault(node, 0L);
  }

  void pass(long nanos) {
    passedNanos += nanos;
  }

  /** Makes the node's clocks run fast by this rate in parts per million, from time 0 on. */
  void drift(int node, long millionths) {
    drifts.put(node, millionths);
  }

  /** Sets the wall clocks ahead, each by its own amount. */
  void setWallClocks(ToLongFunction<Integer> aheadMillis) {
    wallAheadMillis = aheadMillis;
  }

  /** The clocks of a node. */
  Clock of(int node) {
    return new Clock() {
      @Override
      public long nanos() {
        return TestClock.this.nanos(node);
      }

      @Override
      public long wallMillis() {
        return passedNanos / MILLIS + wallAheadMillis.applyAsLong(node);
      }
    };
  }
}

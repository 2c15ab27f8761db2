package io.synod.api.call;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long a call waits for the node. */
public final class Deadlines {
  private static final Duration WITHOUT_DEADLINE = Duration.ofSeconds(5);

  /**
   * The answer is sent this much before the deadline, or a fifth of what remains if that is less.
   */
  private static final long MARGIN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

  private Deadlines() {}

  /**
   * The time for the current call: slightly less than its deadline leaves, so that the client
   * receives a typed error before its own deadline expires.
   */
  public static Duration ofCall() {
    return ofCall(WITHOUT_DEADLINE);
  }

  /** As {@link #ofCall()}, with this default for a call without a deadline. */
  public static Duration ofCall(Duration withoutDeadline) {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return withoutDeadline;
    }
    long remaining = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    return Duration.ofNanos(remaining - Math.min(remaining / 5, MARGIN_NANOS_MAX));
  }
}

package io.synod.runtime.hold;

import io.synod.runtime.node.SessionKeepAlive;
import java.time.Duration;

/** The validity of a session as it is reported to applications. */
final class Validity {
  /** The maximum latency of a report, as a fraction of the time to live. */
  private static final int TRANSIT_PART = 50;

  private Validity() {}

  /** How long a session is valid, counted from when a report that is sent now has arrived. */
  static long reportedNanos(SessionKeepAlive.KeptSession session, Duration ttl) {
    return Math.max(0, session.validNanos() - ttl.toNanos() / TRANSIT_PART);
  }
}

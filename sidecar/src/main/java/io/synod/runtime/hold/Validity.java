package io.synod.runtime.hold;

import io.synod.runtime.node.SessionKeepAlive;
import java.time.Duration;

/** For how long applications are told that a session is valid. */
final class Validity {
  /** What is told takes this part of the time to live to arrive, at most. */
  private static final int TRANSIT_PART = 50;

  private Validity() {}

  /** For how long a session is valid, counted from when who is told so now has heard it. */
  static long toldNanos(SessionKeepAlive.KeptSession session, Duration ttl) {
    return Math.max(0, session.validNanos() - ttl.toNanos() / TRANSIT_PART);
  }
}

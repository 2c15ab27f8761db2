package io.synod.sim.check.client;

import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks I13 for sessions and locks in true time, whatever the clocks of the hosts show. While an
 * application is told that its session is valid, no command expires the session. No two
 * applications are told at the same time that they hold the same lock. A session is not reported as
 * valid for longer than its time to live after the command that last renewed it was chosen.
 *
 * <p>A hold is released only after its application released it or was told that it is over. A
 * message counts as told when the sidecar sends it. An application that lost its sidecar keeps
 * relying on the last message.
 */
public final class Exclusion {
  private final long ttlNanos;
  private final Map<Long, Long> renewals = new HashMap<>();
  private final Map<Long, Claim> claims = new HashMap<>();
  private final Map<String, Claim> holders = new HashMap<>();

  private static final class Claim {
    private final long session;
    private long token;
    private long until;
    private boolean given;
    private boolean expired;

    private Claim(long session) {
      this.session = session;
    }
  }

  /** Creates a checker of sessions with this time to live. */
  public Exclusion(long ttlNanos) {
    this.ttlNanos = ttlNanos;
  }

  /** A command that opens or renews a session was chosen at {@code now} or before. */
  public void renewed(long session, long now) {
    renewals.put(session, now);
  }

  /** A sidecar reports at {@code now} that a session is valid until a moment of true time. */
  public void valid(long session, long now, long until) {
    Claim claim = claims.computeIfAbsent(session, Claim::new);
    if (claim.given || until <= now) {
      return;
    }
    if (claim.expired) {
      throw new Violation("I13", "session " + session + " expired, and is said to be valid");
    }
    long granted = renewals.getOrDefault(session, Long.MIN_VALUE / 2) + ttlNanos;
    if (until > granted) {
      throw new Violation(
          "I13",
          "session "
              + session
              + " is said to be valid for "
              + (until - granted) / 1_000_000
              + " ms longer than its last renewal grants");
    }
    claim.until = Math.max(claim.until, until);
  }

  /** A sidecar reports at {@code now} that a session holds a lock until a moment of true time. */
  public void holds(String lock, ReferenceModel.LockGrant grant, long now, long until) {
    valid(grant.session(), now, until);
    Claim claim = claims.computeIfAbsent(grant.session(), Claim::new);
    if (claim.given) {
      return;
    }
    Claim before = holders.put(lock, claim);
    claim.token = grant.token();
    if (before == null || before == claim) {
      return;
    }
    if (before.until > now) {
      throw new Violation(
          "I13",
          "session "
              + claim.session
              + " holds "
              + lock
              + ", and so does session "
              + before.session
              + " for another "
              + (before.until - now) / 1_000_000
              + " ms");
    }
    if (before.token >= claim.token) {
      throw new Violation("I13", lock + " is held under " + claim.token + " after " + before.token);
    }
  }

  /**
   * The application released the session, or an operator closed it: earlier reports do not bind any
   * more.
   */
  public void given(long session) {
    Claim claim = claims.computeIfAbsent(session, Claim::new);
    claim.given = true;
    claim.until = 0;
  }

  /** A command closed the session. */
  public void closed(long session) {
    Claim claim = claims.get(session);
    if (claim != null && claim.token != 0 && !claim.given) {
      throw new Violation(
          "I13", "session " + session + " was given back, and its application was not told");
    }
  }

  /** A command expired the session. */
  public void expired(long session, long now) {
    Claim claim = claims.computeIfAbsent(session, Claim::new);
    if (claim.until > now) {
      throw new Violation(
          "I13",
          "session "
              + session
              + " expired, and was promised another "
              + (claim.until - now) / 1_000_000
              + " ms");
    }
    claim.expired = true;
  }
}

package io.synod.runtime.snapshot;

import io.synod.runtime.port.AppSnapshots.Sealed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Selects snapshots of consumers for removal that the state does not know: those of a dropped
 * consumer, and those that were stored and whose command never reached the log. Each is removed
 * after a grace period, since its command may still be in flight: the period is longer than any
 * caller waits, and everything that was chosen within it must be applied here.
 *
 * <p>One thread at a time calls it.
 */
final class AppSnapshotGc {
  /** Grace period: the command of a snapshot may still be in flight. */
  static final long GRACE_NANOS = 600_000_000_000L;

  // A snapshot that is stored again begins a new period.
  private final Map<Sealed, Long> seenAtNanos = new HashMap<>();

  /**
   * The snapshots to remove.
   *
   * @param unknown all stored ones that the state does not know
   * @param freshAtNanos everything chosen before this moment is in that state
   */
  List<Sealed> due(Set<Sealed> unknown, long nowNanos, long freshAtNanos) {
    seenAtNanos.keySet().retainAll(unknown);
    List<Sealed> due = new ArrayList<>();
    for (Sealed one : unknown) {
      long seen = seenAtNanos.computeIfAbsent(one, any -> nowNanos);
      if (freshAtNanos > seen && freshAtNanos - seen > GRACE_NANOS) {
        due.add(one);
      }
    }
    return due;
  }
}

package io.synod.runtime.snapshot;

import io.synod.runtime.port.AppSnapshots.Sealed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What consumers handed over and the state does not know of: those of a consumer that was dropped,
 * or that came whole and were never told to the log. Each goes after a while, for its command may
 * be on its way: longer than anybody waits for one, and only once all is applied here that was
 * chosen in that time.
 *
 * <p>One thread at a time calls it.
 */
final class AppSnapshotGc {
  /** So long its command may be on its way. */
  static final long GRACE_NANOS = 600_000_000_000L;

  // One that is handed over again begins anew.
  private final Map<Sealed, Long> seenAtNanos = new HashMap<>();

  /**
   * Those that may go.
   *
   * @param unknown all that are here and that the state does not know of
   * @param freshAtNanos what was chosen before this moment is in that state
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

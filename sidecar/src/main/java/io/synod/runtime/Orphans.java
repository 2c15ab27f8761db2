package io.synod.runtime;

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
final class Orphans {
  /** So long its command may be on its way. */
  static final long GRACE_NANOS = 600_000_000_000L;

  private final Map<Place, Long> seenAtNanos = new HashMap<>();

  /** What a consumer handed over at an index. */
  record Place(String consumer, long index) {}

  /**
   * Those that may go.
   *
   * @param unknown all that are here and that the state does not know of
   * @param freshAtNanos what was chosen before this moment is in that state
   */
  List<Place> due(Set<Place> unknown, long nowNanos, long freshAtNanos) {
    seenAtNanos.keySet().retainAll(unknown);
    List<Place> due = new ArrayList<>();
    for (Place place : unknown) {
      long seen = seenAtNanos.computeIfAbsent(place, any -> nowNanos);
      if (freshAtNanos > seen && freshAtNanos - seen > GRACE_NANOS) {
        due.add(place);
      }
    }
    return due;
  }
}

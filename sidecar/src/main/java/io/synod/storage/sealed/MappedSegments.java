package io.synod.storage.sealed;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The segments that are mapped: those read last, up to a bound. An operating system limits the
 * mapped files of a process (Linux: {@code vm.max_map_count}), and a long log has more segments
 * than that. Any thread may call any method.
 */
final class MappedSegments {
  private final int segmentsMax;
  // In the order of the last read; the map itself holds each once.
  private final LinkedHashMap<Segment, SealedTable> mapped = new LinkedHashMap<>(16, 0.75f, true);
  // A reader that found a segment before it was removed must not map it again.
  private final Set<Segment> known = new HashSet<>();

  MappedSegments(int segmentsMax) {
    this.segmentsMax = segmentsMax;
  }

  /** The segment may be read from now on. */
  synchronized void add(Segment segment) {
    known.add(segment);
  }

  /**
   * The mapped segment, which the caller must release; null if it was removed.
   *
   * @throws io.synod.runtime.port.JournalException if it is damaged
   */
  synchronized @Nullable SealedTable hold(Segment segment) {
    if (!known.contains(segment)) {
      return null;
    }
    SealedTable table = mapped.get(segment);
    if (table == null) {
      if (mapped.size() >= segmentsMax) {
        removeOldest();
      }
      table = segment.map();
      mapped.put(segment, table);
    }
    table.hold();
    return table;
  }

  private void removeOldest() {
    unmap(mapped.keySet().iterator().next());
  }

  private void unmap(Segment segment) {
    SealedTable table = mapped.remove(segment);
    if (table != null) {
      table.release();
    }
  }

  /** Present readers of the segment continue; there are no new ones. */
  synchronized void remove(Segment segment) {
    known.remove(segment);
    unmap(segment);
  }
}

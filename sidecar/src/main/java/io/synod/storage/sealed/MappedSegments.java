package io.synod.storage.sealed;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which segments are mapped: those that were read last, and no more than a bound. An operating
 * system lets a process map so many files only (Linux: {@code vm.max_map_count}), and a long log
 * has more segments than that. Any thread may call any method.
 */
final class MappedSegments {
  private final int segmentsMax;
  // By the time of the last read; each is held once for being here.
  private final LinkedHashMap<Segment, SealedTable> mapped = new LinkedHashMap<>(16, 0.75f, true);
  // A reader that found a segment before it was forgotten must not map it again.
  private final Set<Segment> known = new HashSet<>();

  MappedSegments(int segmentsMax) {
    this.segmentsMax = segmentsMax;
  }

  /** From now on the segment may be read. */
  synchronized void add(Segment segment) {
    known.add(segment);
  }

  /**
   * The segment, mapped, to be released by whoever asked; null if it was forgotten.
   *
   * @throws io.synod.runtime.JournalException if it is damaged
   */
  synchronized @Nullable SealedTable hold(Segment segment) {
    if (!known.contains(segment)) {
      return null;
    }
    SealedTable table = mapped.get(segment);
    if (table == null) {
      if (mapped.size() >= segmentsMax) {
        forgetOldest();
      }
      table = segment.map();
      mapped.put(segment, table);
    }
    table.hold();
    return table;
  }

  private void forgetOldest() {
    unmap(mapped.keySet().iterator().next());
  }

  private void unmap(Segment segment) {
    SealedTable table = mapped.remove(segment);
    if (table != null) {
      table.release();
    }
  }

  /** Whoever reads the segment goes on; nobody else will. */
  synchronized void forget(Segment segment) {
    known.remove(segment);
    unmap(segment);
  }
}

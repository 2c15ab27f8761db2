package io.synod.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** Digests everything that happens, in order, and on request keeps the last of it as text. */
final class RunTrace {
  private final int keep;
  private final Deque<String> lines = new ArrayDeque<>();
  private long hash = 0x9E3779B97F4A7C15L;
  private long events;

  RunTrace(int keep) {
    this.keep = keep;
  }

  /** One more event. */
  void event(long time, long what) {
    events++;
    hash = Long.rotateLeft((hash ^ time) * 0xBF58476D1CE4E5B9L, 31) ^ (what * 0x94D049BB133111EBL);
  }

  void tell(long time, Supplier<String> line) {
    if (keep > 0) {
      if (lines.size() == keep) {
        lines.removeFirst();
      }
      lines.add(String.format("%10.3f ms  %s", time / 1e6, line.get()));
    }
  }

  long hash() {
    return hash;
  }

  long events() {
    return events;
  }

  List<String> lines() {
    return new ArrayList<>(lines);
  }
}

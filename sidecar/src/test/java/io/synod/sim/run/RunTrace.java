package io.synod.sim.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** The trace of a run: a digest of all events, and on request the last of them as text. */
public final class RunTrace {
  private final int keep;
  private final Deque<String> lines = new ArrayDeque<>();
  private long hash = 0x9E3779B97F4A7C15L;
  private long events;

  public RunTrace(int keep) {
    this.keep = keep;
  }

  /** Adds an event to the digest. */
  public void event(long time, long what) {
    events++;
    hash = Long.rotateLeft((hash ^ time) * 0xBF58476D1CE4E5B9L, 31) ^ (what * 0x94D049BB133111EBL);
  }

  public void line(long time, Supplier<String> line) {
    if (keep > 0) {
      if (lines.size() == keep) {
        lines.removeFirst();
      }
      lines.add(String.format("%10.3f ms  %s", time / 1e6, line.get()));
    }
  }

  public long hash() {
    return hash;
  }

  public long events() {
    return events;
  }

  public List<String> lines() {
    return new ArrayList<>(lines);
  }
}

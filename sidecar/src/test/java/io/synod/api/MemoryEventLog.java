package io.synod.api;

import io.synod.paxos.value.Event;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.EventLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A bounded record of events in memory. Any thread may call any method. */
public final class MemoryEventLog implements EventLog {
  private final Set<Runnable> signals = ConcurrentHashMap.newKeySet();
  private final List<Line> lines = new ArrayList<>();
  private final List<Election> elections = new ArrayList<>();
  private final int linesMax;
  private long next = 1;

  MemoryEventLog(int linesMax) {
    this.linesMax = linesMax;
  }

  public void record(Event event) {
    synchronized (this) {
      lines.add(new Line(next, 1_000_000 + next, 5_000 + next, event));
      next++;
      if (lines.size() > linesMax) {
        lines.remove(0);
      }
    }
    signals.forEach(Runnable::run);
  }

  public synchronized void record(Election election) {
    elections.add(0, election);
  }

  @Override
  public synchronized List<Line> since(long from, int max) {
    return lines.stream().filter(line -> line.number() >= from).limit(max).toList();
  }

  @Override
  public synchronized long next() {
    return next;
  }

  @Override
  public AppliedLog.Subscription onRecord(Runnable signal) {
    signals.add(signal);
    return () -> signals.remove(signal);
  }

  @Override
  public synchronized List<Election> elections() {
    return List.copyOf(elections);
  }
}

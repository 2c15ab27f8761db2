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
  private final List<LoggedEvent> loggedEvents = new ArrayList<>();
  private final List<Election> elections = new ArrayList<>();
  private final int linesMax;
  private long next = 1;

  MemoryEventLog(int linesMax) {
    this.linesMax = linesMax;
  }

  public void record(Event event) {
    synchronized (this) {
      loggedEvents.add(new LoggedEvent(next, 1_000_000 + next, 5_000 + next, event));
      next++;
      if (loggedEvents.size() > linesMax) {
        loggedEvents.remove(0);
      }
    }
    signals.forEach(Runnable::run);
  }

  public synchronized void record(Election election) {
    elections.add(0, election);
  }

  @Override
  public synchronized List<LoggedEvent> since(long from, int max) {
    return loggedEvents.stream()
        .filter(loggedEvent -> loggedEvent.number() >= from)
        .limit(max)
        .toList();
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

package io.synod.runtime.read;

import io.synod.paxos.value.Event;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps the last events in a ring. {@link #observe} belongs to the loop's thread, the other methods
 * to any.
 */
public final class EventRing implements EventLog, Observer {
  private static final int LINES = 1 << 14;

  private final Clock clock;
  private final LoggedEvent[] ring = new LoggedEvent[LINES];
  private final ElectionRecorder electionRecorder = new ElectionRecorder();
  private final CopyOnWriteArrayList<Runnable> signals = new CopyOnWriteArrayList<>();
  private long next = 1;

  /** Stamps events by this clock. */
  public EventRing(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Occurred occurred) {
      record(occurred.event());
    }
  }

  private void record(Event event) {
    long wallMillis = clock.wallMillis();
    synchronized (this) {
      ring[(int) (next % LINES)] = new LoggedEvent(next, wallMillis, clock.nanos(), event);
      next++;
      electionRecorder.event(event, wallMillis);
    }
    for (Runnable signal : signals) {
      signal.run();
    }
  }

  @Override
  public synchronized List<LoggedEvent> since(long from, int max) {
    List<LoggedEvent> loggedEvents = new ArrayList<>();
    long oldest = Math.max(1, next - LINES);
    for (long at = Math.max(from, oldest); at < next && loggedEvents.size() < max; at++) {
      loggedEvents.add(ring[(int) (at % LINES)]);
    }
    return loggedEvents;
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
    return electionRecorder.newestFirst();
  }
}

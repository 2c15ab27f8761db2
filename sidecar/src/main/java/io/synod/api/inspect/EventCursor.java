package io.synod.api.inspect;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.StreamCursor;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Inspection;
import io.synod.v1.TraceEvent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/** One trace stream. The trace is bounded, so a slow reader misses the events dropped from it. */
final class EventCursor extends StreamCursor<TraceEvent> {
  private static final int LINES_PER_TURN = 256;

  private final EventLog eventLog;
  private final int node;
  private final Set<TraceEvent.Type> types;
  private final long slot;
  private long next;

  /**
   * The request of a stream, checked.
   *
   * @param types empty for all
   * @param slot 0 for any
   */
  record EventFilter(Set<TraceEvent.Type> types, long slot, boolean fromOldest) {}

  EventCursor(
      StreamObserver<TraceEvent> observer,
      Executor executor,
      Inspection inspection,
      EventFilter filter) {
    super(observer, executor);
    this.eventLog = inspection.eventLog();
    this.node = inspection.status().node();
    this.types = filter.types();
    this.slot = filter.slot();
    this.next = filter.fromOldest() ? 0 : eventLog.next();
  }

  @Override
  protected void advance() {
    if (!ready()) {
      return;
    }
    List<EventLog.LoggedEvent> loggedEvents = eventLog.since(next, LINES_PER_TURN);
    for (EventLog.LoggedEvent loggedEvent : loggedEvents) {
      if (!ready()) {
        return;
      }
      next = loggedEvent.number() + 1;
      TraceEvent event = EventMessages.event(node, loggedEvent);
      if (matches(event)) {
        send(event);
      }
    }
    if (loggedEvents.size() == LINES_PER_TURN) {
      signal();
    }
  }

  private boolean matches(TraceEvent event) {
    return (types.isEmpty() || types.contains(event.getType()))
        && (slot == 0 || (event.getFirstSlot() <= slot && slot <= event.getLastSlot()));
  }
}

package io.synod.api.inspect;

import io.synod.api.call.CommonMessages;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.NodeStatus;
import io.synod.v1.TraceEvent;
import java.util.HashMap;
import java.util.Map;

/** Converts the events of the core into messages of the trace, by a table of event types. */
final class EventMessages {
  private static final Map<Class<? extends Event>, Row<?>> TABLE = new HashMap<>();

  static {
    forming();
    elections();
    slots();
    states();
    memberships();
  }

  private static void forming() {
    row(
        Event.Formed.class,
        TraceEvent.Type.TYPE_FORMED,
        (event, line) ->
            line.setDetail(
                event.formation().voters().size()
                    + " voters; this node is a "
                    + (event.voter() ? "voter" : "learner")));
    row(
        Event.FormationBlocked.class,
        TraceEvent.Type.TYPE_FORMATION_BLOCKED,
        (event, line) -> line.setDetail(Availability.formationBlocked(event.voters())));
    row(
        Event.OriginsDiffer.class,
        TraceEvent.Type.TYPE_ORIGINS_DIFFER,
        (event, line) -> line.setDetail(Availability.originsDiffer(event.voters())));
  }

  private static void elections() {
    row(
        Event.ElectionStarted.class,
        TraceEvent.Type.TYPE_PREPARE,
        (event, line) -> ballot(line, event.ballot()).setDetail(event.reason()));
    row(
        Event.Promised.class,
        TraceEvent.Type.TYPE_PROMISE,
        (event, line) ->
            ballot(line, event.ballot())
                .setPeerId(CommonMessages.node(event.ballot().node()))
                .setDetail("above " + event.previous()));
    row(
        Event.PromiseReceived.class,
        TraceEvent.Type.TYPE_PROMISE_RECEIVED,
        (event, line) ->
            ballot(line, event.ballot())
                .setPeerId(CommonMessages.node(event.from()))
                .setDetail("with " + event.accepted() + " accepted slots"));
    row(
        Event.Refused.class,
        TraceEvent.Type.TYPE_REFUSED,
        (event, line) ->
            ballot(line, event.ballot())
                .setPeerId(CommonMessages.node(event.to()))
                .setDetail("promised " + event.promised()));
    row(
        Event.RefusalReceived.class,
        TraceEvent.Type.TYPE_REFUSAL_RECEIVED,
        (event, line) ->
            ballot(line, event.ballot())
                .setPeerId(CommonMessages.node(event.from()))
                .setDetail("promised " + event.promised()));
    row(
        Event.Elected.class,
        TraceEvent.Type.TYPE_ELECTED,
        (event, line) -> ballot(line, event.ballot()));
    row(
        Event.SteppedDown.class,
        TraceEvent.Type.TYPE_STEPPED_DOWN,
        (event, line) ->
            ballot(line, event.ballot())
                .setDetail((event.led() ? "led; " : "did not lead; ") + event.reason()));
    row(Event.LeaderChanged.class, TraceEvent.Type.TYPE_LEADER_CHANGED, EventMessages::leader);
    row(
        Event.Fenced.class,
        TraceEvent.Type.TYPE_FENCED,
        (event, line) ->
            line.setPeerId(CommonMessages.node(event.from())).setDetail(event.reason()));
  }

  private static void states() {
    row(
        Event.ClockStepped.class,
        TraceEvent.Type.TYPE_CLOCK_STEPPED,
        (event, line) -> line.setDetail(NodeStatus.clockStepped(event.millis())));
    row(
        Event.StateDiverged.class,
        TraceEvent.Type.TYPE_STATE_DIVERGED,
        (event, line) ->
            slot(line, event.slot())
                .setPeerId(CommonMessages.node(event.from()))
                .setDetail(digests(event.digest(), event.theirs())));
    row(
        Event.Quarantined.class,
        TraceEvent.Type.TYPE_QUARANTINED,
        (event, line) ->
            slot(line, event.slot()).setDetail(digests(event.digest(), event.theirs())));
    row(
        Event.StateRenewed.class,
        TraceEvent.Type.TYPE_STATE_RENEWED,
        (event, line) ->
            slot(line, event.slot()).setDetail("state " + CommonMessages.hex(event.digest())));
  }

  private static void memberships() {
    row(
        Event.MembershipChosen.class,
        TraceEvent.Type.TYPE_MEMBERSHIP_CHOSEN,
        (event, line) ->
            slot(line, event.slot())
                .setDetail(
                    "membership "
                        + event.membership().epoch()
                        + ", voters "
                        + event.membership().voters()
                        + (event.fromSlot() == 0
                            ? ", without effect"
                            : ", from slot " + event.fromSlot())));
  }

  private static String digests(long own, long theirs) {
    return "state " + CommonMessages.hex(own) + " here, " + CommonMessages.hex(theirs) + " there";
  }

  private static void slots() {
    row(
        Event.Proposed.class,
        TraceEvent.Type.TYPE_PROPOSED,
        (event, line) ->
            slot(ballot(line, event.ballot()), event.slot())
                .setDetail(event.commands() + " commands, " + event.bytes() + " bytes"));
    row(
        Event.Accepted.class,
        TraceEvent.Type.TYPE_ACCEPTED,
        (event, line) ->
            slot(ballot(line, event.ballot()), event.slot())
                .setPeerId(CommonMessages.node(event.ballot().node())));
    row(
        Event.AcceptedReceived.class,
        TraceEvent.Type.TYPE_ACCEPTED_RECEIVED,
        (event, line) ->
            ballot(line, event.ballot())
                .setFirstSlot(event.from())
                .setLastSlot(event.to())
                .setPeerId(CommonMessages.node(event.node())));
    row(
        Event.QuorumReached.class,
        TraceEvent.Type.TYPE_CHOSEN,
        (event, line) -> slot(ballot(line, event.ballot()), event.slot()));
    row(
        Event.Learned.class,
        TraceEvent.Type.TYPE_LEARNED,
        (event, line) ->
            slot(ballot(line, event.ballot()), event.slot())
                .setDetail(
                    switch (event.how()) {
                      case AS_LEADER -> "as leader";
                      case FROM_LEADER -> "from the leader";
                      case CATCH_UP -> "by catch-up";
                      case RECOVERY -> "from the journal";
                    }));
  }

  private EventMessages() {}

  /** How events of one type are converted. */
  private record Row<E extends Event>(Class<E> event, TraceEvent.Type type, Fill<E> fill) {
    void fill(Event happened, TraceEvent.Builder line) {
      fill.fill(event.cast(happened), line.setType(type));
    }
  }

  private interface Fill<E> {
    void fill(E event, TraceEvent.Builder line);
  }

  /** The type of an event in the client API. */
  static TraceEvent.Type type(Event event) {
    return rowOf(event).type();
  }

  static TraceEvent event(int node, EventLog.LoggedEvent loggedEvent) {
    TraceEvent.Builder event =
        TraceEvent.newBuilder()
            .setNumber(loggedEvent.number())
            .setNodeId(CommonMessages.node(node))
            .setTime(CommonMessages.time(loggedEvent.wallMillis()))
            .setMonotonicNanos(loggedEvent.monotonicNanos());
    rowOf(loggedEvent.event()).fill(loggedEvent.event(), event);
    return event.build();
  }

  private static Row<?> rowOf(Event event) {
    Row<?> row = TABLE.get(event.getClass());
    if (row == null) {
      throw new IllegalStateException("an event without a row in the table");
    }
    return row;
  }

  private static <E extends Event> void row(Class<E> event, TraceEvent.Type type, Fill<E> fill) {
    TABLE.put(event, new Row<>(event, type, fill));
  }

  private static void leader(Event.LeaderChanged event, TraceEvent.Builder line) {
    if (event.leader().isNone()) {
      line.setDetail("no leader is known");
    } else {
      ballot(line, event.leader()).setPeerId(CommonMessages.node(event.leader().node()));
    }
  }

  private static TraceEvent.Builder ballot(TraceEvent.Builder line, Ballot ballot) {
    return line.setBallot(CommonMessages.ballot(ballot));
  }

  private static TraceEvent.Builder slot(TraceEvent.Builder line, long slot) {
    return line.setFirstSlot(slot).setLastSlot(slot);
  }
}

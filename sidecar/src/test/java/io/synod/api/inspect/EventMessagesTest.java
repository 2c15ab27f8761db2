package io.synod.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Membership;
import io.synod.runtime.node.EventLog;
import io.synod.v1.TraceEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class EventMessagesTest {
  private static final Ballot BALLOT = new Ballot(7, 0, 2, 0xabc);

  private static final Membership MEMBERSHIP =
      Membership.of(new Formation(Map.of(1, 1L, 2, 2L, 3, 3L)));

  private static final List<Event> ONE_OF_EACH =
      List.of(
          new Event.Formed(new Formation(Map.of(1, 1L, 2, 2L, 3, 3L)), true),
          new Event.FormationBlocked(List.of(2, 3)),
          new Event.OriginsDiffer(List.of(2, 3)),
          new Event.Proposed(4, BALLOT, 3, 99),
          new Event.ElectionStarted(BALLOT, "silence"),
          new Event.Promised(BALLOT, Ballot.NONE),
          new Event.PromiseReceived(BALLOT, 3, 2),
          new Event.Refused(BALLOT, BALLOT, 3),
          new Event.RefusalReceived(BALLOT, BALLOT, 3),
          new Event.Accepted(4, BALLOT),
          new Event.AcceptedReceived(4, 6, BALLOT, 3),
          new Event.QuorumReached(4, BALLOT),
          new Event.Learned(4, BALLOT, Chosen.How.CATCH_UP),
          new Event.Elected(BALLOT),
          new Event.SteppedDown(BALLOT, true, "a higher ballot"),
          new Event.LeaderChanged(BALLOT),
          new Event.Fenced(3, "another cluster"),
          new Event.StateDiverged(3, 6, 0xa, 0xb),
          new Event.Quarantined(6, 0xa, 0xb),
          new Event.StateRenewed(8, 0xc),
          new Event.MembershipChosen(9, MEMBERSHIP, 265),
          new Event.ClockStepped(3_600_000));

  private static TraceEvent form(Event event) {
    return EventMessages.event(1, new EventLog.LoggedEvent(5, 1_000, 2_000, event));
  }

  @Test
  void givesEveryKindOfEventItsOwnType() {
    Set<Class<?>> kinds =
        ONE_OF_EACH.stream().map(Object::getClass).collect(Collectors.toUnmodifiableSet());

    assertThat(kinds).containsExactlyInAnyOrder(Event.class.getPermittedSubclasses());
    assertThat(ONE_OF_EACH.stream().map(event -> form(event).getType()))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(TraceEvent.Type.values())
                .filter(type -> type != TraceEvent.Type.TYPE_UNSPECIFIED)
                .filter(type -> type != TraceEvent.Type.UNRECOGNIZED)
                .toList());
  }

  @Test
  void stampsWhereAndWhen() {
    TraceEvent event = form(new Event.Elected(BALLOT));

    assertThat(event.getNumber()).isEqualTo(5);
    assertThat(event.getNodeId()).isEqualTo("1");
    assertThat(event.getTime().getSeconds()).isEqualTo(1);
    assertThat(event.getMonotonicNanos()).isEqualTo(2_000);
    assertThat(event.getBallot().getNodeId()).isEqualTo("2");
  }

  @Test
  void namesTheOtherNodeAndTheSlots() {
    TraceEvent event = form(new Event.AcceptedReceived(4, 6, BALLOT, 3));

    assertThat(event.getPeerId()).isEqualTo("3");
    assertThat(event.getFirstSlot()).isEqualTo(4);
    assertThat(event.getLastSlot()).isEqualTo(6);
    assertThat(form(new Event.Promised(BALLOT, Ballot.NONE)).getPeerId()).isEqualTo("2");
    assertThat(form(new Event.Fenced(3, "another cluster")).getDetail())
        .isEqualTo("another cluster");
  }
}

package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.ofType;
import static io.synod.paxos.SteppedReplica.proposal;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Proposal;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests how long a candidate stands: while it makes progress, and one time-out more. */
class CandidateTest {
  private static final long MOST_OF_A_TIMEOUT = 700;

  private final SteppedReplica node = new SteppedReplica();
  private Ballot mine = Ballot.NONE;

  @BeforeEach
  void stand() {
    mine = node.stand();
  }

  private Message.Promise page(long from) {
    return new Message.Promise(mine, from, List.of(proposal(from, ballot(1, 2), "a")), from, 0, 0);
  }

  private Message.Promise last(long from, long floor) {
    return new Message.Promise(mine, from, List.of(), Long.MAX_VALUE, floor, floor);
  }

  private View.Role afterMostOfATimeout() {
    node.silence(MOST_OF_A_TIMEOUT);
    return node.view().role();
  }

  @Test
  void standsWhilePagesArriveAndWinsInTheEnd() {
    node.receive(1, last(1, 0));
    for (long from = 1; from <= 5; from++) {
      assertThat(afterMostOfATimeout()).isEqualTo(View.Role.CANDIDATE);
      node.receive(2, page(from));
    }
    node.receive(2, last(6, 0));
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
  }

  @Test
  void standsWhileItLearnsWhatLiesBelowAFloorAndWinsInTheEnd() {
    node.receive(1, last(1, 0));
    node.receive(2, last(1, 3));
    for (long slot = 1; slot <= 3; slot++) {
      assertThat(afterMostOfATimeout()).isEqualTo(View.Role.CANDIDATE);
      node.receive(2, new Message.Learned(slot, List.of(proposal(slot, ballot(1, 2), "a")), 3));
    }
    node.silence(10);
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
  }

  @Test
  void givesUpWhenNothingMoreArrives() {
    node.receive(2, page(1));
    assertThat(afterMostOfATimeout()).isEqualTo(View.Role.CANDIDATE);
    assertThat(afterMostOfATimeout()).isEqualTo(View.Role.FOLLOWER);
  }

  @Test
  void takesNoRepetitionForProgress() {
    node.receive(2, page(1));
    assertThat(afterMostOfATimeout()).isEqualTo(View.Role.CANDIDATE);
    node.receive(2, page(1));
    assertThat(afterMostOfATimeout()).isEqualTo(View.Role.FOLLOWER);
  }

  @Test
  void takesNoSlotForProgressThatItDoesNotNeedToLead() {
    node.receive(1, last(1, 0));
    assertThat(afterMostOfATimeout()).isEqualTo(View.Role.CANDIDATE);
    node.receive(3, new Message.Learned(1, List.of(proposal(1, ballot(1, 2), "a")), 1));
    assertThat(afterMostOfATimeout()).isEqualTo(View.Role.FOLLOWER);
  }

  @Test
  void takesNoPageThatEndsBeforeItBegins() {
    node.receive(2, page(1));
    Proposal strange = proposal(9, ballot(2, 2), "x");
    Output events = node.receive(2, new Message.Promise(mine, 2, List.of(strange), 1, 0, 0));
    assertThat(events.events()).hasAtLeastOneElementOfType(Event.Fenced.class);
    assertThat(ofType(events.messagesAfterSync(), Message.Prepare.class)).isEmpty();
    node.receive(1, last(1, 0));
    Output won = node.receive(2, last(2, 0));
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    assertThat(ofType(won.messages(), Message.Accept.class))
        .extracting(Message.Accept::slot)
        .contains(1L, 2L)
        .doesNotContain(9L);
  }

  @Test
  void putsNothingNewIntoASlotThatIsChosenThoughOneBelowItIsNotKnownToBe() {
    Proposal first = proposal(1, ballot(1, 2), "a");
    Proposal second = proposal(2, ballot(1, 2), "b");
    Proposal third = proposal(3, ballot(1, 2), "c");
    node.receive(1, last(1, 0));
    // The voter learned between its pages that all three slots are chosen.
    node.receive(2, new Message.Promise(mine, 1, List.of(first), 1, 0, 0));
    Output won =
        node.receive(2, new Message.Promise(mine, 2, List.of(second, third), Long.MAX_VALUE, 3, 0));
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    for (Message.Accept accept : ofType(won.messages(), Message.Accept.class)) {
      boolean inherited =
          List.of(first, second, third).stream().anyMatch(old -> isFor(accept, old));
      assertThat(inherited || accept.slot() > 3).as("%s", accept).isTrue();
    }
    assertThat(ofType(won.messages(), Message.Accept.class))
        .extracting(Message.Accept::slot)
        .contains(1L, 4L);
  }

  private static boolean isFor(Message.Accept accept, Proposal proposal) {
    return accept.slot() == proposal.slot() && accept.batch().equals(proposal.batch());
  }
}

package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests the freshness of a node, which counts from the sending of the heartbeat that a leader
 * answered.
 */
class FreshnessTest {
  private final Freshness freshness = new Freshness();

  @Test
  void isAsFreshAsTheLastConfirmationOfWhatIsKnownHere() {
    assertThat(freshness.freshAtNanos()).isEqualTo(Freshness.NEVER);
    freshness.onConfirmation(100, 5, 5);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
    freshness.onConfirmation(90, 5, 5);
    assertThat(freshness.freshAtNanos()).as("an older confirmation is ignored").isEqualTo(100);
    freshness.onConfirmation(Long.MIN_VALUE / 2, 5, 5);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
  }

  @Test
  void waitsUntilWhatWasChosenThenIsKnownHere() {
    freshness.onConfirmation(100, 7, 5);
    freshness.onLearned(6);
    assertThat(freshness.freshAtNanos()).isEqualTo(Freshness.NEVER);
    // While it waits for one confirmation it takes no later one, which it might never reach.
    freshness.onConfirmation(200, 9, 6);
    freshness.onLearned(7);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
    freshness.onLearned(9);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
    freshness.onConfirmation(300, 10, 9);
    freshness.onLearned(10);
    assertThat(freshness.freshAtNanos()).isEqualTo(300);
  }

  /** A leader answered the heartbeat after 400 ms, and its quorum's last answers are 50 ms old. */
  @Test
  void countsFromTheSendingOfTheHeartbeatAndTheAgeOfTheLeadersQuorum() {
    SteppedReplica node = new SteppedReplica();
    Ballot theirs = SteppedReplica.ballot(5, 2);
    Output sent = node.silence(150);
    long id = SteppedReplica.ofType(sent.messages(), Message.Heartbeat.class).get(0).id();
    long sentAt = node.now();
    node.pass(400);
    long fiftyMillis = 50_000_000L;
    node.receive(
        2,
        new Message.HeartbeatAck(
            id, theirs, true, true, 0, 0, fiftyMillis, SteppedReplica.TIMES, false, List.of()));
    assertThat(node.view().freshAtNanos()).isEqualTo(sentAt - fiftyMillis);
  }

  @Test
  void takesNoWordOfALeaderWithoutItsQuorum() {
    SteppedReplica node = new SteppedReplica();
    Output sent = node.silence(150);
    long id = SteppedReplica.ofType(sent.messages(), Message.Heartbeat.class).get(0).id();
    Ballot theirs = SteppedReplica.ballot(5, 2);
    node.receive(
        2,
        new Message.HeartbeatAck(
            id, theirs, true, false, 0, 0, 0, SteppedReplica.TIMES, false, List.of()));
    node.receive(
        2,
        new Message.HeartbeatAck(
            id, theirs, false, true, 0, 0, 0, SteppedReplica.TIMES, false, List.of()));
    node.receive(
        2,
        new Message.HeartbeatAck(
            id, theirs, false, true, 0, 0, 0, SteppedReplica.TIMES, false, List.of()));
    node.receive(
        2,
        new Message.HeartbeatAck(
            id + 2, theirs, true, true, 0, 0, 0, SteppedReplica.TIMES, false, List.of()));
    assertThat(node.view().freshAtNanos()).isEqualTo(Long.MIN_VALUE);
    node.receive(
        2,
        new Message.HeartbeatAck(
            id, theirs, true, true, 0, 0, 0, SteppedReplica.TIMES, false, List.of()));
    assertThat(node.view().freshAtNanos()).isEqualTo(node.now());
  }
}

package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import org.junit.jupiter.api.Test;

/** How fresh a node is, counted from the sending of what a leader answered. */
class FreshnessTest {
  private final Freshness freshness = new Freshness();

  @Test
  void isAsFreshAsTheLastConfirmationOfWhatIsKnownHere() {
    assertThat(freshness.freshAtNanos()).isEqualTo(Freshness.NEVER);
    freshness.confirmed(100, 5, 5);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
    freshness.confirmed(90, 5, 5);
    assertThat(freshness.freshAtNanos()).as("an older one takes nothing back").isEqualTo(100);
    freshness.confirmed(Long.MIN_VALUE / 2, 5, 5);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
  }

  @Test
  void waitsUntilWhatWasChosenThenIsKnownHere() {
    freshness.confirmed(100, 7, 5);
    freshness.learned(6);
    assertThat(freshness.freshAtNanos()).isEqualTo(Freshness.NEVER);
    // While it waits for one it takes no later one, which may never come true.
    freshness.confirmed(200, 9, 6);
    freshness.learned(7);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
    freshness.learned(9);
    assertThat(freshness.freshAtNanos()).isEqualTo(100);
    freshness.confirmed(300, 10, 9);
    freshness.learned(10);
    assertThat(freshness.freshAtNanos()).isEqualTo(300);
  }

  /**
   * The answer came back after 400 ms, to a heartbeat that was sent then, by a leader whose own
   * quorum is 50 ms older.
   */
  @Test
  void countsFromTheSendingOfTheHeartbeatAndTheAgeOfTheLeadersQuorum() {
    SteppedReplica node = new SteppedReplica();
    Ballot theirs = SteppedReplica.ballot(5, 2);
    Output sent = node.silence(150);
    long id = SteppedReplica.said(sent.messages(), Message.Heartbeat.class).get(0).id();
    long sentAt = node.now();
    node.pass(400);
    long fiftyMillis = 50_000_000L;
    node.hear(
        2,
        new Message.HeartbeatAck(
            id, theirs, true, true, 0, 0, fiftyMillis, SteppedReplica.TIMES, false));
    assertThat(node.view().freshAtNanos()).isEqualTo(sentAt - fiftyMillis);
  }

  @Test
  void takesNoWordOfALeaderWithoutItsQuorum() {
    SteppedReplica node = new SteppedReplica();
    Output sent = node.silence(150);
    long id = SteppedReplica.said(sent.messages(), Message.Heartbeat.class).get(0).id();
    Ballot theirs = SteppedReplica.ballot(5, 2);
    node.hear(
        2, new Message.HeartbeatAck(id, theirs, true, false, 0, 0, 0, SteppedReplica.TIMES, false));
    node.hear(
        2, new Message.HeartbeatAck(id, theirs, false, true, 0, 0, 0, SteppedReplica.TIMES, false));
    node.hear(
        2,
        new Message.HeartbeatAck(id + 2, theirs, true, true, 0, 0, 0, SteppedReplica.TIMES, false));
    assertThat(node.view().freshAtNanos()).isEqualTo(Long.MIN_VALUE);
    node.hear(
        2, new Message.HeartbeatAck(id, theirs, true, true, 0, 0, 0, SteppedReplica.TIMES, false));
    assertThat(node.view().freshAtNanos()).isEqualTo(node.now());
  }
}

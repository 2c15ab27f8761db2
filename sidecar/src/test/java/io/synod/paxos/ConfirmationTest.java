package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How fresh a node is, counted from the sending of what a leader answered. */
class ConfirmationTest {
  private final Confirmation confirmation = new Confirmation();

  @Test
  void isAsFreshAsTheLastConfirmationOfWhatIsKnownHere() {
    assertThat(confirmation.freshAtNanos()).isEqualTo(Confirmation.NEVER);
    confirmation.confirmed(100, 5, 5);
    assertThat(confirmation.freshAtNanos()).isEqualTo(100);
    confirmation.confirmed(90, 5, 5);
    assertThat(confirmation.freshAtNanos()).as("an older one takes nothing back").isEqualTo(100);
    confirmation.confirmed(Long.MIN_VALUE / 2, 5, 5);
    assertThat(confirmation.freshAtNanos()).isEqualTo(100);
  }

  @Test
  void waitsUntilWhatWasChosenThenIsKnownHere() {
    confirmation.confirmed(100, 7, 5);
    confirmation.learned(6);
    assertThat(confirmation.freshAtNanos()).isEqualTo(Confirmation.NEVER);
    // While it waits for one it takes no later one, which may never come true.
    confirmation.confirmed(200, 9, 6);
    confirmation.learned(7);
    assertThat(confirmation.freshAtNanos()).isEqualTo(100);
    confirmation.learned(9);
    assertThat(confirmation.freshAtNanos()).isEqualTo(100);
    confirmation.confirmed(300, 10, 9);
    confirmation.learned(10);
    assertThat(confirmation.freshAtNanos()).isEqualTo(300);
  }

  /**
   * The answer came back after 400 ms, to a heartbeat that was sent then, by a leader whose own
   * quorum is 50 ms older.
   */
  @Test
  void countsFromTheSendingOfTheHeartbeatAndTheAgeOfTheLeadersQuorum() {
    Stand node = new Stand();
    Ballot theirs = Stand.ballot(5, 2);
    Output sent = node.silence(150);
    long id = Stand.said(sent.messages(), Message.Heartbeat.class).get(0).id();
    long sentAt = node.now();
    node.pass(400);
    long fiftyMillis = 50_000_000L;
    node.hear(2, new Message.HeartbeatAck(id, theirs, true, true, 0, 0, fiftyMillis, Stand.TIMES));
    assertThat(node.view().freshAtNanos()).isEqualTo(sentAt - fiftyMillis);
  }

  @Test
  void takesNoWordOfALeaderWithoutItsQuorum() {
    Stand node = new Stand();
    Output sent = node.silence(150);
    long id = Stand.said(sent.messages(), Message.Heartbeat.class).get(0).id();
    Ballot theirs = Stand.ballot(5, 2);
    node.hear(2, new Message.HeartbeatAck(id, theirs, true, false, 0, 0, 0, Stand.TIMES));
    node.hear(2, new Message.HeartbeatAck(id, theirs, false, true, 0, 0, 0, Stand.TIMES));
    node.hear(2, new Message.HeartbeatAck(id + 2, theirs, true, true, 0, 0, 0, Stand.TIMES));
    assertThat(node.view().freshAtNanos()).isEqualTo(Long.MIN_VALUE);
    node.hear(2, new Message.HeartbeatAck(id, theirs, true, true, 0, 0, 0, Stand.TIMES));
    assertThat(node.view().freshAtNanos()).isEqualTo(node.now());
  }
}

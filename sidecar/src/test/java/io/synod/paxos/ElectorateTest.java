package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the reports of a node on who may vote and through which node it is served. */
class ElectorateTest {
  private static final long WIPED = 99;
  private static final long TIMEOUT_MILLIS =
      Settings.defaults().electionTimeoutNanos() / SteppedReplica.MILLIS;

  private final SteppedReplica node = new SteppedReplica();

  private static Message.Heartbeat heartbeat() {
    return new Message.Heartbeat(1, Ballot.NONE, false, true, 0, 0, List.of());
  }

  private View.Vote vote() {
    return node.view().electorate().voters().get(2).vote();
  }

  @Test
  void aVoteStaysLostWhileTheWipedDiskIsHeardWhateverAnotherCopySays() {
    assertThat(vote()).isEqualTo(View.Vote.UNKNOWN);
    node.receive(3, heartbeat());
    assertThat(vote()).isEqualTo(View.Vote.HELD);
    node.hearOf(WIPED, 3, heartbeat());
    assertThat(vote()).isEqualTo(View.Vote.LOST);
    for (int i = 0; i < 30; i++) {
      node.silence(TIMEOUT_MILLIS / 5);
      node.receive(3, heartbeat());
      assertThat(vote()).isEqualTo(View.Vote.LOST);
      node.hearOf(WIPED, 3, heartbeat());
      assertThat(vote()).isEqualTo(View.Vote.LOST);
    }
  }

  @Test
  void aDiskThatReturnsHasItsVoteOnceTheOtherIsSilent() {
    node.hearOf(WIPED, 3, heartbeat());
    node.silence(TIMEOUT_MILLIS);
    node.receive(3, heartbeat());
    assertThat(vote()).isEqualTo(View.Vote.LOST);
    node.silence(1);
    node.receive(3, heartbeat());
    assertThat(vote()).isEqualTo(View.Vote.HELD);
  }

  @Test
  void onlyAFollowerIsServedThroughAPeerThatHearsALeader() {
    follows(node.silence(TIMEOUT_MILLIS / 5), SteppedReplica.ballot(5, 3));
    assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
    assertThat(node.view().electorate().relay()).isEqualTo(2);
    SteppedReplica candidate = new SteppedReplica();
    candidate.stand();
    follows(candidate, candidate.silence(TIMEOUT_MILLIS / 5), SteppedReplica.ballot(5, 3));
    assertThat(candidate.view().role()).isEqualTo(View.Role.CANDIDATE);
    assertThat(candidate.view().electorate().relay()).isZero();
  }

  @Test
  void noPeerPassesOnWhatItWouldSendBack() {
    follows(node.silence(TIMEOUT_MILLIS / 5), SteppedReplica.ballot(2, 1));
    assertThat(node.view().electorate().relay()).isZero();
    assertThat(forwards(node.propose("a"))).isEmpty();
    follows(node.silence(TIMEOUT_MILLIS / 5), SteppedReplica.ballot(2, 3));
    assertThat(node.view().electorate().relay()).isEqualTo(2);
    assertThat(forwards(node.propose("a"))).hasSize(1);
  }

  @Test
  void aFollowerKnowsWhatKeepsItsLeaderFromChoosing() {
    Ballot leader = SteppedReplica.ballot(5, 2);
    node.receive(2, new Message.Heartbeat(1, leader, true, true, 0, 0, List.of(1, 3)));
    assertThat(node.view().electorate().fullVoters()).containsExactly(1, 3);
    Output output = node.silence(TIMEOUT_MILLIS / 5);
    assertThat(SteppedReplica.ofType(output.messages(), Message.Heartbeat.class))
        .isNotEmpty()
        .allMatch(heartbeat -> heartbeat.fullVoters().equals(List.of(1, 3)));
    node.receive(2, new Message.Heartbeat(2, leader, true, true, 0, 0, List.of()));
    assertThat(node.view().electorate().fullVoters()).isEmpty();
    node.receive(2, new Message.Heartbeat(3, leader, true, true, 0, 0, List.of(3)));
    node.receive(3, new Message.Prepare(SteppedReplica.ballot(6, 3), 1));
    assertThat(node.view().electorate().fullVoters()).isEmpty();
  }

  @Test
  void aFollowerKnowsThroughAPeerWhatKeepsTheLeaderFromChoosing() {
    for (Message.Heartbeat sent :
        SteppedReplica.ofType(
            node.silence(TIMEOUT_MILLIS / 5).messages(), Message.Heartbeat.class)) {
      node.receive(
          2,
          new Message.HeartbeatAck(
              sent.id(),
              SteppedReplica.ballot(5, 3),
              false,
              true,
              0,
              0,
              0,
              SteppedReplica.TIMES,
              false,
              List.of(1, 3)));
    }
    assertThat(node.view().electorate().relay()).isEqualTo(2);
    assertThat(node.view().electorate().fullVoters()).containsExactly(1, 3);
  }

  private static List<Message.Forward> forwards(Output output) {
    return SteppedReplica.ofType(output.messages(), Message.Forward.class);
  }

  private void follows(Output output, Ballot leader) {
    follows(node, output, leader);
  }

  /** Node 2 answers that it follows this leader. */
  private static void follows(SteppedReplica to, Output output, Ballot leader) {
    for (Message.Heartbeat sent :
        SteppedReplica.ofType(output.messages(), Message.Heartbeat.class)) {
      to.receive(
          2,
          new Message.HeartbeatAck(
              sent.id(), leader, false, true, 0, 0, 0, SteppedReplica.TIMES, false, List.of()));
    }
  }
}

package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that a leader steps down unless a quorum follows it; answers that follow another leader do
 * not count.
 */
class LostQuorumTest {
  private static final int MORE_THAN_A_TIMEOUT = 40;

  private final SteppedReplica node = new SteppedReplica();
  private Ballot mine = Ballot.NONE;

  @BeforeEach
  void lead() {
    mine = node.stand();
    node.answerHeartbeats(node.elect(mine), mine);
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
  }

  private View.Role afterAnswersOfThoseWhoFollow(Ballot ballot) {
    for (int i = 0; i < MORE_THAN_A_TIMEOUT; i++) {
      node.answerHeartbeats(node.silence(50), ballot);
    }
    return node.view().role();
  }

  @Test
  void leadsWhileItIsFollowed() {
    assertThat(afterAnswersOfThoseWhoFollow(mine)).isEqualTo(View.Role.LEADER);
  }

  @Test
  void isNotKeptByThoseWhoFollowAHigherBallot() {
    Ballot higher = new Ballot(mine.round() + 1, 0, 3, 13);
    assertThat(afterAnswersOfThoseWhoFollow(higher)).isNotEqualTo(View.Role.LEADER);
  }

  @Test
  void isNotKeptByThoseWhoFollowNobodyThoughTheyHeardIt() {
    node.answerHeartbeats(node.silence(150), Ballot.NONE);
    node.silence(1);
    assertThat(node.view().role()).isNotEqualTo(View.Role.LEADER);
  }

  @Test
  void saysNoMoreThatItLeadsOnceOneIsSilentAndTheOtherFollowsAnother() {
    node.receive(1, new Message.Accepted(mine, 1, 1));
    node.receive(2, new Message.Accepted(mine, 1, 1));
    node.answerHeartbeats(node.silence(150), mine);
    long id = ofType(node.silence(150).messages(), Message.Heartbeat.class).get(0).id();
    Ballot higher = new Ballot(mine.round() + 1, 0, 3, 13);
    node.receive(
        3,
        new Message.HeartbeatAck(
            id, higher, false, true, 0, 0, 0, SteppedReplica.TIMES, false, List.of()));
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);

    node.pass(900);
    Output output =
        node.receive(3, new Message.Heartbeat(7, Ballot.NONE, false, true, 0, 0, List.of()));

    Message.HeartbeatAck answer = ofType(output.messages(), Message.HeartbeatAck.class).get(0);
    assertThat(answer.quorumConnected()).isTrue();
    assertThat(answer.leader()).isEqualTo(Ballot.NONE);
    assertThat(answer.leading()).isFalse();
  }

  @Test
  void givesThoseWhoAnsweredBeforeItLedTheTimeToHearOfIt() {
    SteppedReplica other = new SteppedReplica();
    Ballot ballot = other.stand();
    other.elect(ballot);
    other.silence(300);
    assertThat(other.view().role()).isEqualTo(View.Role.LEADER);
    other.silence(1_500);
    assertThat(other.view().role()).isNotEqualTo(View.Role.LEADER);
  }
}

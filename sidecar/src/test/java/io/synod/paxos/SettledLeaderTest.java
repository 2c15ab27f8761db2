package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests that a leader reports no freshness before its own no-op is chosen: it may have inherited
 * slots that were chosen without its knowledge.
 */
class SettledLeaderTest {
  private static final Message.Heartbeat BEAT =
      new Message.Heartbeat(9, Ballot.NONE, false, true, 0, 0, List.of());

  private static boolean saysItLeads(SteppedReplica node) {
    return ofType(node.receive(2, BEAT).messages(), Message.HeartbeatAck.class).get(0).leading();
  }

  @Test
  void isFreshOnlyOnceItsOwnNoOpIsChosen() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.answerHeartbeats(node.elect(mine), mine);
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    assertThat(node.view().freshAtNanos()).isEqualTo(Long.MIN_VALUE);
    assertThat(saysItLeads(node)).isFalse();
    node.receive(1, new Message.Accepted(mine, 1, 1));
    node.receive(2, new Message.Accepted(mine, 1, 1));
    assertThat(node.view().freshAtNanos()).isNotEqualTo(Long.MIN_VALUE);
    assertThat(saysItLeads(node)).isTrue();
  }

  @Test
  void isNotFreshByTheAnswersOfThoseWhoFollowAnother() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    Output won = node.elect(mine);
    node.receive(1, new Message.Accepted(mine, 1, 1));
    node.receive(2, new Message.Accepted(mine, 1, 1));
    node.answerHeartbeats(won, new Ballot(mine.round() + 1, 0, 3, 13));
    assertThat(node.view().freshAtNanos()).isEqualTo(Long.MIN_VALUE);
    assertThat(saysItLeads(node)).isFalse();
    node.answerHeartbeats(won, mine);
    assertThat(node.view().freshAtNanos()).isNotEqualTo(Long.MIN_VALUE);
    assertThat(saysItLeads(node)).isTrue();
  }

  @Test
  void doesNotSayThatItLeadsOnceNoQuorumAnswersIt() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.elect(mine);
    node.receive(1, new Message.Accepted(mine, 1, 1));
    node.receive(2, new Message.Accepted(mine, 1, 1));
    node.pass(1_500);
    assertThat(saysItLeads(node)).isFalse();
  }
}

package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.batch;
import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that a late request to take over is ignored once the leader has gone on. */
class TakeOverTest {
  private static final Ballot LEADER = ballot(5, 2);

  private static SteppedReplica followerOfTwoSlots() {
    SteppedReplica node = new SteppedReplica();
    node.receive(
        2,
        new Message.Accept(LEADER, 1, batch("a"), 0),
        new Message.Accept(LEADER, 2, batch("b"), 1));
    return node;
  }

  private static boolean stands(SteppedReplica node, Message.TakeOver request) {
    node.receive(2, request);
    return node.view().role() == View.Role.CANDIDATE;
  }

  @Test
  void standsWhenItsLeaderHasGoneNoFurther() {
    assertThat(stands(followerOfTwoSlots(), new Message.TakeOver(LEADER, 2))).isTrue();
  }

  @Test
  void standsThoughItLacksSlotsThatTheLeaderHas() {
    assertThat(stands(followerOfTwoSlots(), new Message.TakeOver(LEADER, 9))).isTrue();
  }

  @Test
  void leavesALeaderAloneThatProposedMoreSinceItAsked() {
    assertThat(stands(followerOfTwoSlots(), new Message.TakeOver(LEADER, 1))).isFalse();
  }

  @Test
  void leavesALeaderAloneThatIsHeardToHaveChosenMoreSinceItAsked() {
    SteppedReplica node = followerOfTwoSlots();
    node.receive(2, new Message.Heartbeat(1, LEADER, true, true, 3, 3, List.of()));
    assertThat(stands(node, new Message.TakeOver(LEADER, 2))).isFalse();
  }

  @Test
  void countsNoSlotThatOnlyAnEarlierLeaderProposed() {
    SteppedReplica node = new SteppedReplica();
    node.receive(3, new Message.Accept(ballot(4, 3), 2, batch("never chosen"), 0));
    node.receive(2, new Message.Accept(LEADER, 1, batch("a"), 0));
    assertThat(stands(node, new Message.TakeOver(LEADER, 1))).isTrue();
  }

  @Test
  void leavesALeaderAloneThatHasComeSince() {
    SteppedReplica node = followerOfTwoSlots();
    node.receive(3, new Message.Heartbeat(1, ballot(6, 3), true, true, 2, 2, List.of()));
    assertThat(stands(node, new Message.TakeOver(LEADER, 2))).isFalse();
  }

  @Test
  void isAskedForWithTheEndOfTheLog() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.answerHeartbeats(node.elect(mine), mine);
    node.receive(1, new Message.Accepted(mine, 1, 1));
    node.receive(2, new Message.Accepted(mine, 1, 1));
    assertThat(ofType(node.handOver(2).messages(), Message.TakeOver.class))
        .containsExactly(new Message.TakeOver(mine, 1));
  }
}

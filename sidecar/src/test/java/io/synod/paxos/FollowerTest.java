package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowerTest {
  private static final Ballot LEADER = ballot(5, 2);

  // The longest delay before an election once the process of a leader ended.
  private static final long DELAY_MILLIS = 134;

  @Test
  void forwardsAllThatWaitsInOrderAndInPages() {
    int pageBytes = Settings.defaults().pageBytesMax();
    List<Command> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(Command.of(new byte[i == 7 ? 2 * pageBytes : pageBytes / 5 + i]));
    }
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Heartbeat(1, ballot(5, 2), true, true, 0, 0, List.of()));
    List<Message.Forward> pages = ofType(node.propose(waiting).messages(), Message.Forward.class);
    List<Command> forwarded = new ArrayList<>();
    for (Message.Forward page : pages) {
      int bytes = page.commands().stream().mapToInt(Batch::encodedBytes).sum();
      assertThat(bytes <= pageBytes || page.commands().size() == 1).isTrue();
      forwarded.addAll(page.commands());
    }
    assertThat(forwarded).isEqualTo(waiting);
    assertThat(pages).hasSizeLessThan(waiting.size() / 2);
    assertThat(Collections.max(pages.stream().map(p -> p.commands().size()).toList())).isEqualTo(4);
  }

  @Test
  void forwardsASingleCommandAsOnePage() {
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Heartbeat(1, ballot(5, 2), true, true, 0, 0, List.of()));
    assertThat(ofType(node.propose("a").messages(), Message.Forward.class)).hasSize(1);
  }

  @Test
  void standsSoonAfterTheProcessOfItsLeaderEnded() {
    SteppedReplica node = followerOf(LEADER);
    Output ended = node.reportTransport(new Input.ConnectionRefused(2));
    assertThat(ofType(ended.messages(), Message.Heartbeat.class))
        .as("peers are informed at once")
        .isNotEmpty()
        .allMatch(beat -> beat.leader().isNone());
    node.answerHeartbeats(ended);
    assertThat(node.silence(DELAY_MILLIS).messagesAfterSync()).isNotEmpty();
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
  }

  @Test
  void leavesALeaderAloneThatAQuorumFollowsThoughItsHostRefusesConnections() {
    SteppedReplica node = followerOf(LEADER);
    node.answerHeartbeats(node.reportTransport(new Input.ConnectionRefused(2)), LEADER);
    node.silence(DELAY_MILLIS);
    assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
    assertThat(node.view().leader()).isEqualTo(Ballot.NONE);
    node.receive(2, new Message.Heartbeat(2, LEADER, true, true, 0, 0, List.of()));
    assertThat(node.view().leader()).isEqualTo(LEADER);
    node.answerHeartbeats(node.silence(200));
    node.silence(DELAY_MILLIS);
    assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
  }

  @Test
  void ignoresAMessageThatItsLeaderSentBeforeItsProcessEnded() {
    SteppedReplica node = followerOf(LEADER);
    node.answerHeartbeats(node.reportTransport(new Input.ConnectionRefused(2)));
    node.receive(2, new Message.Heartbeat(2, LEADER, true, true, 0, 0, List.of()));
    assertThat(node.view().leader()).isEqualTo(Ballot.NONE);
    node.silence(DELAY_MILLIS);
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
  }

  @Test
  void keepsItsLeaderWhenTheProcessOfAnotherPeerEnded() {
    SteppedReplica node = followerOf(LEADER);
    node.reportTransport(new Input.ConnectionRefused(3));
    assertThat(node.view().leader()).isEqualTo(LEADER);
    assertThat(node.view().peers().get(1).connected()).isFalse();
  }

  @Test
  void doesNotWaitForACandidateWhoseProcessEnded() {
    SteppedReplica node = followerOf(LEADER);
    node.receive(3, new Message.Prepare(ballot(6, 3), 1));
    node.answerHeartbeats(node.reportTransport(new Input.ConnectionRefused(3)));
    node.silence(DELAY_MILLIS);
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
  }

  @Test
  void asksAPeerAgainSoonWhetherItHasLostTheLeaderToo() {
    SteppedReplica node = followerOf(LEADER);
    node.answerHeartbeats(node.reportTransport(new Input.ConnectionRefused(2)), LEADER);
    Output soon = node.silence(Settings.defaults().heartbeatNanos() / 5 / SteppedReplica.MILLIS);
    assertThat(ofType(soon.messages(), Message.Heartbeat.class)).isNotEmpty();
  }

  @Test
  void sendsHeartbeatsAtTheUsualRateAgainAfterTheTimeOut() {
    SteppedReplica node = followerOf(LEADER);
    node.reportTransport(new Input.ConnectionRefused(2));
    node.silence(1_001);
    Output soon = node.silence(Settings.defaults().heartbeatNanos() / 5 / SteppedReplica.MILLIS);
    assertThat(ofType(soon.messages(), Message.Heartbeat.class)).isEmpty();
  }

  private static SteppedReplica followerOf(Ballot leader) {
    SteppedReplica node = new SteppedReplica();
    node.receive(leader.node(), new Message.Heartbeat(1, leader, true, true, 0, 0, List.of()));
    assertThat(node.view().leader()).isEqualTo(leader);
    return node;
  }
}

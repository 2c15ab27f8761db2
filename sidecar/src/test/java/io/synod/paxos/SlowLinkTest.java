package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.ofType;
import static io.synod.paxos.SteppedReplica.proposal;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Proposal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what a node resends, and when: on a slow link an answer is late, not lost. */
class SlowLinkTest {
  private final SteppedReplica node = new SteppedReplica();

  /**
   * Takes turns every 50 ms while all peers answer heartbeats; returns the times of sending to node
   * 2.
   */
  private <M extends Message> List<Long> sent(Ballot follows, Class<M> type, int turns) {
    List<Long> times = new ArrayList<>();
    for (int turn = 1; turn <= turns; turn++) {
      Output output = node.silence(50);
      node.answerHeartbeats(output, follows);
      List<Output.Envelope> all = new ArrayList<>(output.messages());
      all.addAll(output.messagesAfterSync());
      all.removeIf(envelope -> envelope.to() != 2);
      for (int i = 0; i < ofType(all, type).size(); i++) {
        times.add(turn * 50L);
      }
    }
    return times;
  }

  private Ballot lead() {
    Ballot mine = node.stand();
    node.elect(mine);
    node.receive(1, new Message.Accepted(mine, 1, 1));
    node.receive(2, new Message.Accepted(mine, 1, 1));
    return mine;
  }

  @Test
  void aLeaderWaitsTwiceAsLongEachTime() {
    Ballot mine = lead();
    node.propose("x");
    assertThat(sent(mine, Message.Accept.class, 50)).containsExactly(300L, 900L, 2_100L);
  }

  @Test
  void aLeaderSendsNothingAgainWhileAVoterAnswers() {
    Ballot mine = lead();
    for (int i = 0; i < 10; i++) {
      node.propose("x" + i);
    }
    List<Long> again = new ArrayList<>();
    for (long slot = 2; slot <= 11; slot++) {
      again.addAll(sent(mine, Message.Accept.class, 5));
      node.receive(2, new Message.Accepted(mine, slot, slot));
    }
    assertThat(again).as("resends while answers come every 250 ms").isEmpty();
  }

  @Test
  void aLeaderSendsAgainSoonWhatWasDropped() {
    Ballot mine = lead();
    Message.Accept accept = ofType(node.propose("x").messages(), Message.Accept.class).get(0);
    assertThat(sent(mine, Message.Accept.class, 18)).containsExactly(300L, 900L);
    node.reportTransport(new Input.Dropped(2, accept));
    node.reportTransport(new Input.Dropped(2, accept));
    assertThat(sent(mine, Message.Accept.class, 8)).as("the first copy may still arrive").isEmpty();
    node.reportTransport(new Input.Dropped(2, accept));
    assertThat(sent(mine, Message.Accept.class, 5)).containsExactly(50L);
  }

  @Test
  void aLeaderSendsAgainSoonWhatAReplacedConnectionMayHaveLost() {
    Ballot mine = lead();
    node.propose("x");
    assertThat(sent(mine, Message.Accept.class, 20)).containsExactly(300L, 900L);
    node.reportTransport(new Input.Reconnected(2));
    assertThat(sent(mine, Message.Accept.class, 22)).containsExactly(200L);
  }

  @Test
  void aLeaderSendsAgainSoonWhatALaterOneOvertook() {
    Ballot mine = lead();
    node.propose("x");
    node.silence(10);
    node.propose("y");
    node.receive(2, new Message.Accepted(mine, 3, 3));
    assertThat(sent(mine, Message.Accept.class, 10)).containsExactly(300L);
  }

  @Test
  void aCandidateWaitsTwiceAsLongEachTime() {
    node.stand();
    assertThat(sent(Ballot.NONE, Message.Prepare.class, 19)).containsExactly(300L, 900L);
  }

  /** Otherwise each copy of a page would start another stream of all following pages. */
  @Test
  void aCopyOfAPageAsksForNothing() {
    heartbeat(400);
    List<Message.LearnRequest> first = requests(200);
    assertThat(first).containsExactly(new Message.LearnRequest(1));
    Message.Learned page = new Message.Learned(1, page(1, 3), 400);
    node.receive(2, page);
    assertThat(requests(200)).containsExactly(new Message.LearnRequest(4));
    node.receive(2, page);
    assertThat(requests(100)).isEmpty();
    node.receive(2, new Message.Learned(4, page(4, 6), 400));
    assertThat(requests(200)).containsExactly(new Message.LearnRequest(7));
  }

  @Test
  void pagesThatTakeLongAreAskedForOnce() {
    heartbeat(400);
    int requests = requests(50).size();
    for (long slot = 1; slot < 200; slot += 3) {
      for (int i = 0; i < 4; i++) {
        requests += requests(250).size();
      }
      node.receive(2, new Message.Learned(slot, page(slot, slot + 2), 400));
    }
    assertThat(requests).as("67 pages of a second each").isLessThan(67 + 6);
  }

  /**
   * The announcement comes with the leader's next heartbeat, and a page would repeat the values.
   */
  @Test
  void whatIsHeldOfTheLeaderIsAskedForOnlyIfNoHeartbeatAnnouncesIt() {
    SteppedReplica follower = new SteppedReplica(beatingSlowly());
    Ballot leader = ballot(4, 2);
    for (long slot = 1; slot <= 20; slot++) {
      follower.receive(
          2, new Message.Heartbeat(slot, leader, true, true, slot - 1, slot - 1, List.of()));
      follower.receive(2, new Message.Accept(leader, slot, SteppedReplica.batch("a"), 0));
      assertThat(asked(follower, leader, slot, 1_000)).as("slot %s", slot).isZero();
    }
    follower.receive(2, new Message.Heartbeat(21, leader, true, true, 20, 20, List.of()));
    assertThat(asked(follower, leader, 21, 1_000)).as("a slot that is not held").isPositive();
    follower.receive(2, new Message.Accept(leader, 21, SteppedReplica.batch("a"), 0));
    assertThat(asked(follower, leader, 21, 5_000)).as("nothing announces the slot").isPositive();
  }

  /** Settings with heartbeats that are further apart than resends. */
  private static Settings beatingSlowly() {
    return new SettingsBuilder()
        .heartbeatNanos(1_000 * SteppedReplica.MILLIS)
        .electionTimeoutNanos(10_000 * SteppedReplica.MILLIS)
        .build();
  }

  /** How many pages it asks for while node 3, which follows that leader, knows that slot. */
  private static int asked(SteppedReplica follower, Ballot leader, long slot, long millis) {
    int asked = 0;
    for (long passed = 0; passed < millis; passed += 50) {
      Output output = follower.silence(50);
      asked += ofType(output.messages(), Message.LearnRequest.class).size();
      follower.answerHeartbeats(output);
      follower.receive(
          3, new Message.Heartbeat(passed, leader, false, true, slot, slot, List.of()));
    }
    return asked;
  }

  private void heartbeat(long chosen) {
    node.receive(2, new Message.Heartbeat(1, Ballot.NONE, false, true, chosen, chosen, List.of()));
  }

  private static List<Proposal> page(long from, long to) {
    List<Proposal> page = new ArrayList<>();
    for (long slot = from; slot <= to; slot++) {
      page.add(proposal(slot, ballot(1, 2), "a"));
    }
    return page;
  }

  private List<Message.LearnRequest> requests(long millis) {
    List<Message.LearnRequest> requests = new ArrayList<>();
    for (long passed = 0; passed < millis; passed += 50) {
      Output output = node.silence(50);
      requests.addAll(ofType(output.messages(), Message.LearnRequest.class));
      node.answerHeartbeats(output);
      heartbeat(400);
    }
    return requests;
  }
}

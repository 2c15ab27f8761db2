package io.synod.paxos;

import static io.synod.paxos.ConnectivityTest.membership;
import static io.synod.paxos.ConnectivityTest.voter;
import static io.synod.paxos.SteppedReplica.MILLIS;
import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tests log time from the clocks of several nodes, and the detection of steps of a wall clock. */
class ClocksTest {
  private static final long HOUR = 3_600_000;
  private static final long TIMEOUT = Settings.defaults().electionTimeoutNanos();
  private static final long UNKNOWN = Message.Times.UNKNOWN;
  private static final List<Integer> FIVE = List.of(1, 2, 3, 4, 5);

  private final Outbox out = new Outbox();
  private final Connectivity connectivity =
      new Connectivity(
          new Self(1, 11, 0, new TreeSet<>(FIVE), new TreeSet<>(FIVE.subList(1, 5))),
          Settings.defaults(),
          new SplittableRandom(1));
  private final LogTime logTime = new LogTime(0);
  private final Clocks clocks = new Clocks(1, connectivity, logTime, out, TIMEOUT);

  private void answer(int from, long wallMillis, long nowNanos) {
    Message.Times times = new Message.Times(wallMillis, UNKNOWN);
    long id = connectivity.recordHeartbeat(nowNanos);
    connectivity.onHeartbeatAck(
        nowNanos,
        voter(from),
        new Message.HeartbeatAck(id, Ballot.NONE, false, true, 0, 0, 0, times, false, List.of()));
  }

  private void read(long nowNanos, long wallMillis, long readNanos) {
    clocks.read(nowNanos, new Input.Tick(wallMillis, readNanos));
  }

  private List<Event> events() {
    return out.drain(1).events();
  }

  @Test
  void takesForReferenceWhatAMajorityHasReached() {
    assertThat(connectivity.reference(membership(1), 1, 900, 0)).isEqualTo(900);
    assertThat(connectivity.reference(membership(3), 1, 900, 0)).isNegative();
    answer(2, 500, 0);
    assertThat(connectivity.reference(membership(3), 1, 900, 0)).isEqualTo(500);
    assertThat(connectivity.reference(membership(2), 1, 900, 0)).isEqualTo(500);
    answer(3, 700, 0);
    assertThat(connectivity.reference(membership(3), 1, 900, 0)).isEqualTo(700);
    assertThat(connectivity.reference(membership(4), 1, 900, 0)).isEqualTo(500);
    answer(4, 600, 0);
    answer(5, HOUR, 0);
    assertThat(connectivity.reference(membership(4), 1, 900, 0)).isEqualTo(600);
    assertThat(connectivity.reference(membership(5), 1, 900, 0)).isEqualTo(700);
    assertThat(connectivity.reference(membership(5), 1, 0, 0)).isEqualTo(600);
  }

  @Test
  void letsOtherClocksGoOnAndForgetsThoseThatDoNotAnswer() {
    answer(2, 500, 0);
    answer(3, 700, 0);
    assertThat(connectivity.reference(membership(3), 1, 900, 50 * MILLIS)).isEqualTo(750);
    long late = 2 * Settings.defaults().electionTimeoutNanos();
    assertThat(connectivity.reference(membership(3), 1, 900, late)).isNegative();
  }

  @Test
  void seesThatItsClockIsSet() {
    read(0, 1_000, 0);
    read(100 * MILLIS, 1_100, 0);
    read(200 * MILLIS, 1_699, 0);
    assertThat(events()).isEmpty();
    read(300 * MILLIS, 2_299, 0);
    assertThat(events()).containsExactly(new Event.ClockStepped(500));
    read(400 * MILLIS, 1_000, 0);
    assertThat(events()).containsExactly(new Event.ClockStepped(-1_399));
  }

  @Test
  void takesNoPauseWhileItReadsItsClockAndNoDriftForAStep() {
    read(0, 1_000, 0);
    // 800 ms passed between the readings of the two clocks.
    read(900 * MILLIS, 1_100, 800 * MILLIS);
    read(1_000 * MILLIS, 2_000, 0);
    // The difference is half a thousandth of an hour, which is drift.
    read((1_000 + HOUR) * MILLIS, 2_000 + HOUR + HOUR / 2_000, 0);
    assertThat(events()).isEmpty();
  }

  @Test
  void saysLogTimeOnceItIsRunning() {
    read(0, 1_000, 0);
    logTime.observeStamp(700);
    assertThat(clocks.times()).isEqualTo(new Message.Times(1_000, UNKNOWN));
    assertThat(clocks.aheadMillis()).isZero();
    logTime.advanceTo(800, 0);
    assertThat(clocks.times()).isEqualTo(new Message.Times(1_000, 800));
    assertThat(clocks.aheadMillis()).isEqualTo(200);
  }

  @Test
  void beginsLogTimeBeforeItLeadsSoThatTheNextLeaderFindsItKnown() {
    SteppedReplica node = new SteppedReplica();
    assertThat(logTimeTold(node)).as("before any answer").isEqualTo(UNKNOWN);
    node.stand();
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
    assertThat(logTimeTold(node)).isNotEqualTo(UNKNOWN);
  }

  private static long logTimeTold(SteppedReplica node) {
    Output answer =
        node.receive(2, new Message.Heartbeat(1, Ballot.NONE, false, true, 0, 0, List.of()));
    return ofType(answer.messages(), Message.HeartbeatAck.class).get(0).times().logTimeMillis();
  }

  @Test
  void beginsByNoAnswerThatCameLate() {
    long soon = TIMEOUT / 2;
    clocks.onHeartbeatAck(soon + 1, 0, true, Ballot.NONE, reportedMillis(800));
    assertThat(logTime.isRunning()).as("by a late answer").isFalse();
    clocks.onHeartbeatAck(soon, 0, false, Ballot.NONE, reportedMillis(800));
    assertThat(logTime.isRunning()).as("by a node that does not vote").isFalse();
    clocks.onHeartbeatAck(soon, 0, true, Ballot.NONE, reportedMillis(800));
    assertThat(logTime.isRunning()).as("by an answer in time").isTrue();
    clocks.onHeartbeatAck(soon, -soon, true, Ballot.NONE, reportedMillis(900));
    assertThat(logTime.millis()).as("a late answer is still a lower bound").isEqualTo(900);
  }

  @Test
  void keepsBesideASettledLeaderAndListensToNoFollower() {
    Ballot leader = SteppedReplica.ballot(3, 2);
    clocks.onHeartbeatAck(0, 0, true, leader, answer(leader, false, 9_000));
    assertThat(logTime.millis()).as("the first answer of any voter").isEqualTo(9_000);
    clocks.onHeartbeatAck(0, 0, true, leader, answer(leader, false, 20_000));
    assertThat(logTime.millis()).as("the answer of another follower").isEqualTo(9_000);
    clocks.onHeartbeatAck(0, 0, true, leader, answer(leader, false, 5_000));
    clocks.onHeartbeatAck(0, 0, true, leader, answer(SteppedReplica.ballot(4, 2), true, 5_000));
    assertThat(logTime.millis())
        .as("a leader that is not settled, or another leader")
        .isEqualTo(9_000);
    clocks.onHeartbeatAck(100 * MILLIS, 70 * MILLIS, true, leader, answer(leader, true, 5_000));
    assertThat(logTime.millis()).as("ahead by at most the time of the answer").isEqualTo(5_031);
    clocks.onHeartbeatAck(100 * MILLIS, 70 * MILLIS, true, leader, answer(leader, true, 6_000));
    assertThat(logTime.millis()).isEqualTo(6_000);
    clocks.onHeartbeatAck(
        100 * MILLIS, 70 * MILLIS, true, Ballot.NONE, answer(leader, false, 9_000));
    assertThat(logTime.millis()).as("without a leader").isEqualTo(9_000);
  }

  private static Message.HeartbeatAck answer(Ballot leader, boolean leading, long logTimeMillis) {
    Message.Times times = new Message.Times(1, logTimeMillis);
    return new Message.HeartbeatAck(1, leader, leading, true, 0, 0, 0, times, false, List.of());
  }

  @Test
  void beginsNothingWhileAVoterThatAnswersKnowsLogTime() {
    Membership three = membership(3);
    answerWith(2, 0, UNKNOWN);
    answerWith(3, 0, 5_000);
    assertThat(connectivity.isLogTimeKnown(three, 0)).isTrue();
    answerWith(3, 1, UNKNOWN);
    assertThat(connectivity.isLogTimeKnown(three, 1)).isFalse();
    answerWith(3, 2, 5_000);
    assertThat(connectivity.isLogTimeKnown(three, 2 + 2 * TIMEOUT))
        .as("after the voter was silent")
        .isFalse();
  }

  private void answerWith(int from, long nowNanos, long logTimeMillis) {
    Message.Times times = new Message.Times(1, logTimeMillis);
    long id = connectivity.recordHeartbeat(nowNanos);
    connectivity.onHeartbeatAck(
        nowNanos,
        voter(from),
        new Message.HeartbeatAck(id, Ballot.NONE, false, true, 0, 0, 0, times, false, List.of()));
  }

  private static Message.HeartbeatAck reportedMillis(long logTimeMillis) {
    Message.Times times = new Message.Times(1, logTimeMillis);
    return new Message.HeartbeatAck(1, Ballot.NONE, false, true, 0, 0, 0, times, false, List.of());
  }

  @Test
  void aLeaderProposesNothingOfItsOwnBeforeItKnowsWhatOthersRemember() {
    SteppedReplica node = new SteppedReplica();
    Message.Times times = new Message.Times(1, 9_000);
    Ballot mine = standByLateAnswers(node, times);
    Output won = node.elect(mine);
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    assertThat(ofType(won.messages(), Message.Accept.class)).isEmpty();
    assertThat(ofType(node.propose("a").messages(), Message.Accept.class)).isEmpty();
    long id = ofType(won.messages(), Message.Heartbeat.class).get(0).id();
    Output reportedMillis =
        node.receive(
            2, new Message.HeartbeatAck(id, mine, false, true, 0, 0, 0, times, false, List.of()));
    assertThat(ofType(reportedMillis.messages(), Message.Accept.class))
        .isNotEmpty()
        .allSatisfy(accept -> assertThat(accept.batch().logTimeMillis()).isEqualTo(9_000));
  }

  /** Every answer has this log time, and comes after more than half an election time-out. */
  private static Ballot standByLateAnswers(SteppedReplica node, Message.Times times) {
    long late = TIMEOUT / MILLIS * 6 / 10;
    ArrayDeque<Output> unanswered = new ArrayDeque<>();
    for (int i = 0; i < 100; i++) {
      Output output = node.silence(50);
      List<Message.Prepare> prepares = ofType(output.messagesAfterSync(), Message.Prepare.class);
      if (!prepares.isEmpty()) {
        return prepares.get(0).ballot();
      }
      unanswered.add(output);
      if (unanswered.size() * 50L > late) {
        for (Message.Heartbeat heartbeat :
            ofType(unanswered.remove().messages(), Message.Heartbeat.class)) {
          Message ack =
              new Message.HeartbeatAck(
                  heartbeat.id(), Ballot.NONE, false, true, 0, 0, 0, times, false, List.of());
          node.receive(2, ack);
          node.receive(3, ack);
        }
      }
    }
    throw new AssertionError("it never stood for election");
  }

  @Test
  void aLeaderStampsWithTheLogTimeThatItBeganOrWasTold() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    Output won = node.elect(mine);
    assertThat(ofType(won.messages(), Message.Accept.class)).isNotEmpty();
    long id = ofType(won.messages(), Message.Heartbeat.class).get(0).id();
    Message.Times times = new Message.Times(1, 9_000);
    node.receive(
        2, new Message.HeartbeatAck(id, mine, false, true, 0, 0, 0, times, false, List.of()));
    assertThat(ofType(node.propose("a").messages(), Message.Accept.class))
        .isNotEmpty()
        .allSatisfy(accept -> assertThat(accept.batch().logTimeMillis()).isEqualTo(9_000));
  }
}

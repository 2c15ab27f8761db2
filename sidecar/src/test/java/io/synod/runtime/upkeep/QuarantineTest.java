package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.engine.DirectedLink;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.node.StateReads;
import io.synod.state.command.Op;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the quarantine of a node whose state differs from that of the others. */
class QuarantineTest {
  private static final Duration TTL = Duration.ofSeconds(6);

  private final TestCluster cluster = new TestCluster(3);
  private final TestLocks testLocks = new TestLocks(cluster);

  private int follower() {
    return cluster.leader() % 3 + 1;
  }

  private int third(int one, int other) {
    return 6 - one - other;
  }

  private void put(int node, String value) {
    testLocks.put(node, new Op.Put("k", TestLocks.text(value), 0, 0));
  }

  private long slotOfPut(int node) {
    long index = testLocks.put(node, new Op.Put("k", TestLocks.text("a"), 0, 0));
    return cluster.node(node).inspection().slotOfIndex(index);
  }

  static Proposal skipped(Proposal kept) {
    List<Command> commands = new ArrayList<>();
    for (Command command : kept.batch().commands()) {
      byte[] bytes = command.bytes().clone();
      bytes[0] = 99;
      commands.add(Command.of(bytes));
    }
    Batch batch = Batch.of(kept.batch().logTimeMillis(), commands);
    return new Proposal(kept.slot(), kept.ballot(), batch);
  }

  /** No node in quarantine receives a snapshot, so that its quarantine does not end. */
  @BeforeEach
  void loseSnapshots() {
    lose((link, message) -> false);
  }

  private void lose(BiPredicate<DirectedLink, Message> more) {
    cluster.lose(
        (link, message) -> message instanceof Message.SnapshotPage || more.test(link, message));
  }

  /** Restarts the node with a state that lacks the commands of this slot. */
  private void spoil(int node, long slot) {
    cluster.stop(node);
    cluster.archive(node);
    cluster.alter(node, slot, QuarantineTest::skipped);
    cluster.start(node);
  }

  private List<Event> events(int node) {
    return cluster.node(node).inspection().eventLog().since(1, Integer.MAX_VALUE).stream()
        .map(EventLog.LoggedEvent::event)
        .toList();
  }

  private NodeStatus.Standing standing(int node) {
    return cluster.node(node).inspection().status().standing();
  }

  private SnapshotOutcome snapshot(int node) {
    return cluster.await(cluster.node(node).maintenance().takeSnapshot(TestLocks.TEN));
  }

  private List<String> alarms(int node) {
    return cluster.node(node).inspection().status().alarms();
  }

  @Test
  void nodesThatAgreeCompareAndFindNothing() {
    cluster.run(3_000);
    for (int i = 0; i < 300; i++) {
      put(1 + i % 3, "v" + i);
    }
    cluster.stop(follower());
    cluster.run(20_000);
    for (int node = 1; node <= 3; node++) {
      if (!cluster.isUp(node)) {
        cluster.start(node);
      }
    }
    cluster.run(20_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(standing(node).digestsCompared()).isBetween(20L, 300L);
      assertThat(standing(node).digestsUnequal()).isZero();
      assertThat(alarms(node)).isEmpty();
    }
  }

  @Test
  void aNodeThatSkippedACommandServesNothingAndTheOthersGoOn() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    put(bad, "b");
    cluster.run(500);
    spoil(bad, slot);
    cluster.run(3_000);
    assertThat(standing(bad).quarantined()).isTrue();
    assertThat(cluster.node(bad).reads().isQuarantined()).isTrue();
    assertThat(alarms(bad)).contains("quarantined");
    assertThat(events(bad)).hasAtLeastOneElementOfType(Event.Quarantined.class);
    for (ReadLevel level : ReadLevel.values()) {
      var read = cluster.node(bad).reads().read(level, TestLocks.TEN, 0, TestLocks.TEN);
      assertThat(cluster.await(read)).isEqualTo(new ReadFreshness.Quarantined());
    }
    var proposed = cluster.node(bad).proposer().propose("", TestLocks.text("x"), TestLocks.TEN);
    assertThat(cluster.await(proposed)).isEqualTo(new Outcome.Quarantined());
    assertThat(snapshot(bad)).isInstanceOf(SnapshotOutcome.Failed.class);
    int leader = cluster.leader();
    int other = third(leader, bad);
    for (int good : List.of(leader, other)) {
      assertThat(standing(good).quarantined()).isFalse();
      assertThat(alarms(good)).containsExactly("state_diverged");
      assertThat(events(good)).hasAtLeastOneElementOfType(Event.StateDiverged.class);
      put(good, "still");
    }
    // The node still votes, and does not lead.
    cluster.stop(leader);
    cluster.run(5_000);
    assertThat(cluster.leaders()).containsExactly(other);
    put(other, "and on");
  }

  @Test
  void theOthersTakeSnapshotsAndTrimTheLogWhileOneDiffers() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    put(bad, "b");
    cluster.run(500);
    spoil(bad, slot);
    cluster.run(3_000);
    for (int good : List.of(cluster.leader(), third(cluster.leader(), bad))) {
      assertThat(alarms(good)).containsExactly("state_diverged");
      assertThat(snapshot(good)).isInstanceOf(SnapshotOutcome.Taken.class);
    }
    assertThat(snapshot(bad)).isInstanceOf(SnapshotOutcome.Failed.class);
  }

  @Test
  void noNodeTakesASnapshotWhileNoQuorumAgrees() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    int leader = cluster.leader();
    put(bad, "b");
    cluster.run(500);
    cluster.stop(third(bad, leader));
    spoil(bad, slot);
    cluster.run(3_000);
    for (int node : List.of(bad, leader)) {
      assertThat(snapshot(node)).isInstanceOf(SnapshotOutcome.Failed.class);
    }
    cluster.start(third(bad, leader));
    cluster.run(3_000);
    assertThat(standing(bad).quarantined()).isTrue();
    assertThat(snapshot(leader)).isInstanceOf(SnapshotOutcome.Taken.class);
  }

  @Test
  void aNodeBehindTheTrimIsBroughtUpToDateByOneWhomTheOtherContradicts() {
    TestCluster trimming = TestCluster.keepingLittle(3);
    trimming.run(3_000);
    int leader = trimming.leader();
    int bad = leader % 3 + 1;
    int behind = third(bad, leader);
    trimming.stop(behind);
    Payload value = TestLocks.text("v".repeat(1_000));
    for (int i = 0; i < 500; i++) {
      trimming.await(trimming.node(leader).proposer().propose("", value, TestLocks.TEN));
    }
    trimming.run(1_500);
    assertThat(trimming.keptFrom(leader)).isGreaterThan(100);
    Node ahead = trimming.node(leader);
    long slot = ahead.inspection().slotOfIndex(ahead.appliedLog().appliedIndex());
    trimming.stop(bad);
    trimming.archive(bad);
    trimming.alter(bad, slot, QuarantineTest::skipped);
    trimming.lose((link, message) -> message instanceof Message.SnapshotPage && link.to() == bad);
    trimming.start(bad);
    trimming.run(3_000);
    assertThat(ahead.inspection().status().standing().diverged()).isTrue();
    trimming.cut(link -> link.touches(behind) && link.touches(bad));
    trimming.start(behind);
    trimming.run(8_000);
    assertThat(trimming.node(behind).inspection().status().stateDigest())
        .isEqualTo(ahead.inspection().status().stateDigest());
  }

  @Test
  void aNodeThatHearsTooFewLearnsFromAPeerWhatAQuorumHas() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    int leader = cluster.leader();
    int other = third(bad, leader);
    put(bad, "b");
    cluster.run(500);
    lose((link, message) -> message instanceof Message.StateDigest && isBetween(link, other, bad));
    spoil(bad, slot);
    cluster.run(3_000);
    assertThat(standing(bad).quarantined()).isTrue();
    assertThat(standing(leader).quarantined()).isFalse();
    assertThat(standing(other).quarantined()).isFalse();
  }

  @Test
  void aPeerThatDifferedIsRememberedWhileNoQuorumContradictsIt() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    int leader = cluster.leader();
    put(bad, "b");
    cluster.run(500);
    cluster.stop(third(bad, leader));
    spoil(bad, slot);
    put(leader, "c");
    cluster.run(3_000);
    cluster.stop(bad);
    cluster.run(30_000);
    assertThat(alarms(leader)).contains("state_diverged");
    cluster.start(third(bad, leader));
    cluster.run(15_000);
    assertThat(alarms(leader)).isEmpty();
  }

  private static boolean isBetween(DirectedLink link, int one, int other) {
    return link.touches(one) && link.touches(other);
  }

  @Test
  void aLeaderThatIsQuarantinedHandsOver() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    int old = cluster.leader();
    put(bad, "b");
    cluster.run(500);
    lose((link, message) -> message instanceof Message.StateDigest);
    spoil(bad, slot);
    cluster.run(2_000);
    var handed = cluster.node(old).maintenance().handOver(bad, TestLocks.TEN);
    assertThat(cluster.await(handed)).isTrue();
    cluster.run(1_000);
    assertThat(cluster.leaders()).containsExactly(bad);
    lose((link, message) -> false);
    cluster.run(5_000);
    assertThat(standing(bad).quarantined()).isTrue();
    assertThat(cluster.leaders()).hasSize(1).doesNotContain(bad);
    put(cluster.leader(), "on");
    var back = cluster.node(cluster.leader()).maintenance().handOver(bad, Duration.ofSeconds(2));
    cluster.run(3_000);
    assertThat(back).isNotCompletedExceptionally();
    assertThat(cluster.leaders()).hasSize(1).doesNotContain(bad);
  }

  @Test
  void whatAQuarantinedNodeKeepsIsNotValidAndPassesOn() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    int good = third(bad, cluster.leader());
    put(bad, "b");
    cluster.run(500);
    lose((link, message) -> message instanceof Message.StateDigest);
    spoil(bad, slot);
    cluster.run(2_000);
    long first = testLocks.applied(testLocks.hold(bad, "l", TTL));
    SessionKeepAlive.KeptSession kept = testLocks.keep(bad, first, TTL);
    long second = testLocks.applied(testLocks.hold(good, "l", TTL));
    SessionKeepAlive.KeptSession waiting = testLocks.keep(good, second, TTL);
    cluster.run(TTL.toMillis());
    assertThat(kept.validNanos()).isPositive();
    StateReads reads = cluster.node(bad).reads();
    var late = reads.read(ReadLevel.LOCAL, TestLocks.TEN, 1L << 40, Duration.ofMinutes(1));
    lose((link, message) -> false);
    cluster.run(3_000);
    assertThat(kept.validNanos()).isZero();
    assertThat(late).isCompletedWithValue(new ReadFreshness.Quarantined());
    cluster.run(TTL.toMillis());
    assertThat(testLocks.holder(good, "l")).isEqualTo(second);
    assertThat(waiting.validNanos()).isPositive();
  }

  @Test
  void twoThatDifferBothRaiseTheAlarmAndServe() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    int leader = cluster.leader();
    put(bad, "b");
    cluster.run(500);
    cluster.stop(third(bad, leader));
    spoil(bad, slot);
    cluster.run(5_000);
    for (int node : List.of(bad, leader)) {
      assertThat(alarms(node)).containsExactly("state_diverged");
      put(node, "on");
    }
  }
}

package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.state.command.Op;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that a node in quarantine takes its state anew from a peer, and then serves again. */
class StateRenewalTest {
  private static final Duration TTL = Duration.ofSeconds(6);

  private final TestCluster cluster = new TestCluster(3);
  private final TestLocks testLocks = new TestLocks(cluster);

  private int follower() {
    return cluster.leader() % 3 + 1;
  }

  private void put(int node, String value) {
    testLocks.put(node, new Op.Put("k", TestLocks.text(value), 0, 0));
  }

  private long slotOfPut(int node) {
    long index = testLocks.put(node, new Op.Put("k", TestLocks.text("a"), 0, 0));
    return cluster.node(node).inspection().slotOfIndex(index);
  }

  private NodeStatus status(int node) {
    return cluster.node(node).inspection().status();
  }

  private boolean isQuarantined(int node) {
    return status(node).standing().quarantined();
  }

  private <T extends Event> List<T> events(int node, Class<T> kind) {
    return cluster.node(node).inspection().eventLog().since(1, Integer.MAX_VALUE).stream()
        .map(EventLog.LoggedEvent::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  private void losePages() {
    cluster.lose((link, message) -> message instanceof Message.SnapshotPage);
  }

  private void loseNothing() {
    cluster.lose((link, message) -> false);
  }

  /** Restarts the node with a state that lacks the commands of a slot; others have more slots. */
  private void spoil(int node, long slot) {
    cluster.stop(node);
    cluster.archive(node);
    cluster.alter(node, slot, QuarantineTest::skipped);
    cluster.start(node);
  }

  private int quarantined() {
    cluster.run(3_000);
    long slot = slotOfPut(1);
    int bad = follower();
    put(bad, "b");
    cluster.run(500);
    losePages();
    spoil(bad, slot);
    cluster.run(3_000);
    assertThat(isQuarantined(bad)).isTrue();
    return bad;
  }

  private void agrees(int node) {
    assertThat(isQuarantined(node)).isFalse();
    for (int each = 1; each <= 3; each++) {
      assertThat(status(each).alarms()).isEmpty();
    }
    assertThat(status(node).stateDigest()).isEqualTo(status(cluster.leader()).stateDigest());
    assertThat(events(node, Event.StateRenewed.class)).hasSize(1);
  }

  @Test
  void servesAgainOnceItsStateAgrees() {
    int bad = quarantined();
    put(cluster.leader(), "c");
    loseNothing();
    cluster.run(8_000);
    agrees(bad);
    put(bad, "d");
    var read = cluster.node(bad).reads().read(ReadLevel.STRONG, TestLocks.TEN, 0, TestLocks.TEN);
    assertThat(cluster.await(read)).isInstanceOf(ReadFreshness.Fresh.class);
  }

  @Test
  void takesTheStateAnewWhileNothingIsProposed() {
    int bad = quarantined();
    loseNothing();
    cluster.run(8_000);
    agrees(bad);
  }

  @Test
  void appliesWhatWasChosenMeanwhile() {
    int bad = quarantined();
    int leader = cluster.leader();
    long before = cluster.node(bad).reads().state().slot();
    for (int i = 0; i < 300; i++) {
      put(leader, "v" + i);
    }
    assertThat(cluster.node(bad).reads().state().slot()).isEqualTo(before);
    loseNothing();
    for (int i = 0; i < 300; i++) {
      put(leader, "w" + i);
    }
    cluster.run(8_000);
    agrees(bad);
  }

  @Test
  void votesAllTheTime() {
    int bad = quarantined();
    int other = 6 - bad - cluster.leader();
    cluster.stop(other);
    cluster.run(1_000);
    for (int i = 0; i < 20; i++) {
      put(cluster.leader(), "with its vote " + i);
    }
    assertThat(isQuarantined(bad)).isTrue();
  }

  @Test
  void startsInQuarantineAfterARestart() {
    int bad = quarantined();
    cluster.stop(bad);
    cluster.start(bad);
    assertThat(isQuarantined(bad)).isTrue();
    var proposed = cluster.node(bad).proposer().propose("", TestLocks.text("x"), TestLocks.TEN);
    assertThat(cluster.await(proposed)).isEqualTo(new Outcome.Quarantined());
    cluster.run(3_000);
    assertThat(isQuarantined(bad)).isTrue();
    loseNothing();
    cluster.run(8_000);
    agrees(bad);
    cluster.stop(bad);
    cluster.start(bad);
    assertThat(isQuarantined(bad)).isFalse();
  }

  @Test
  void servesNoSnapshotToPeers() {
    TestCluster trimming = TestCluster.keepingLittle(3);
    trimming.run(3_000);
    int leader = trimming.leader();
    int bad = leader % 3 + 1;
    int behind = 6 - leader - bad;
    trimming.stop(behind);
    for (int i = 0; i < 500; i++) {
      Payload value = TestLocks.text("v".repeat(1_000));
      trimming.await(trimming.node(leader).proposer().propose("", value, TestLocks.TEN));
    }
    trimming.run(1_500);
    assertThat(trimming.keptFrom(bad)).isGreaterThan(100);
    Node ahead = trimming.node(leader);
    long slot = ahead.inspection().slotOfIndex(ahead.appliedLog().appliedIndex());
    trimming.stop(bad);
    trimming.archive(bad);
    trimming.alter(bad, slot, QuarantineTest::skipped);
    trimming.start(bad);
    List<Integer> served = new ArrayList<>();
    List<Boolean> asked = new ArrayList<>();
    trimming.lose(
        (link, message) -> {
          if (message instanceof Message.SnapshotPage page && link.from() == bad) {
            asked.add(true);
            if (page.total() >= 0 && ahead.inspection().status().standing().diverged()) {
              served.add(link.to());
            }
          }
          // The other node does not become a voter that agrees before it has caught up.
          return message instanceof Message.SnapshotPage && link.to() == bad;
        });
    trimming.start(behind);
    trimming.run(10_000);
    assertThat(trimming.node(bad).reads().isQuarantined()).isTrue();
    trimming.stop(behind);
    trimming.wipe(behind);
    trimming.start(behind);
    trimming.run(10_000);
    assertThat(asked).isNotEmpty();
    assertThat(served).isEmpty();
    assertThat(trimming.node(behind).inspection().status().stateDigest())
        .isEqualTo(ahead.inspection().status().stateDigest());
  }

  @Test
  void keepsSessionsAliveAgain() {
    int bad = quarantined();
    loseNothing();
    cluster.run(8_000);
    agrees(bad);
    long held = testLocks.applied(testLocks.hold(bad, "l", TTL));
    SessionKeepAlive.KeptSession kept = testLocks.keep(bad, held, TTL);
    cluster.run(2 * TTL.toMillis());
    assertThat(kept.validNanos()).isPositive();
  }

  @Test
  void dropsTheWrongEffectsFromTheLog() {
    int bad = quarantined();
    long wrong = cluster.node(bad).reads().state().index();
    loseNothing();
    cluster.run(8_000);
    agrees(bad);
    assertThat(cluster.node(bad).appliedLog().oldestIndex()).isGreaterThan(wrong);
  }

  @Test
  void isRecordedOnceThatFits() {
    for (int node = 1; node <= 3; node++) {
      cluster.disk(node).refuseDistrust(true);
    }
    int bad = quarantined();
    assertThat(cluster.disk(bad).isDistrusted()).isFalse();
    cluster.disk(bad).refuseDistrust(false);
    cluster.run(1_500);
    assertThat(cluster.disk(bad).isDistrusted()).isTrue();
  }

  @Test
  void endsOnceThatIsRecorded() {
    int bad = quarantined();
    cluster.disk(bad).refuseDistrust(true);
    loseNothing();
    cluster.run(8_000);
    assertThat(status(bad).stateDigest()).isEqualTo(status(cluster.leader()).stateDigest());
    assertThat(isQuarantined(bad)).isTrue();
    cluster.disk(bad).refuseDistrust(false);
    cluster.run(1_500);
    agrees(bad);
    assertThat(cluster.disk(bad).isDistrusted()).isFalse();
  }
}

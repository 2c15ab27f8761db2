package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests the background tasks of nodes, on a clock advanced by the test. */
class BackgroundTasksTest {
  private static final Duration TTL = Duration.ofSeconds(6);
  private static final long TTL_MILLIS = TTL.toMillis();

  private final TestCluster cluster = new TestCluster(3);
  private final TestLocks testLocks = new TestLocks(cluster);

  private int follower() {
    return cluster.leader() % 3 + 1;
  }

  private int third() {
    return follower() % 3 + 1;
  }

  /** The log's entries of a kind, as {@code node} has them. */
  private List<AppliedLog.Item> log(int node, Entry.Kind kind) {
    List<AppliedLog.Item> found = new ArrayList<>();
    for (AppliedLog.Item item :
        cluster.node(node).appliedLog().page(1, 1 << 20, 1 << 28).entries()) {
      if (item.entry().kind() == kind) {
        found.add(item);
      }
    }
    return found;
  }

  @Test
  void aSessionThatNobodyKeepsEndsAfterItsTimeToLiveAndNotBefore() {
    cluster.run(3_000);
    long session = testLocks.open(follower(), TTL);
    cluster.run(TTL_MILLIS);
    assertThat(testLocks.isOpen(1, session)).isTrue();
    cluster.run(TTL_MILLIS / 20 + 700);
    for (int node = 1; node <= 3; node++) {
      assertThat(testLocks.isOpen(node, session)).isFalse();
      assertThat(log(node, Entry.Kind.EXPIRE_SESSIONS)).hasSize(1);
    }
  }

  @Test
  void aPairExpiresInTimeThoughTheLogIsAheadOfTheWallClockAndNobodyWrites() {
    cluster.setWallClocks(node -> 3_600_000);
    cluster.run(3_000);
    int node = follower();
    testLocks.put(node, new Op.Put("k", TestLocks.text("x"), TTL_MILLIS, 0));
    cluster.setWallClocks(any -> 0);
    cluster.stop(cluster.leader());
    cluster.run(TTL_MILLIS - 500);
    assertThat(cluster.node(node).reads().state().get("k")).isNotNull();
    cluster.run(TTL_MILLIS / 20 + 2_000);
    assertThat(cluster.node(node).reads().state().get("k")).isNull();
  }

  @Test
  void aSessionWithoutATimeToLiveStays() {
    cluster.run(3_000);
    long session = testLocks.open(1, Duration.ZERO);
    SessionKeepAlive.KeptSession kept = testLocks.keep(1, session, Duration.ZERO);
    cluster.run(3_600_000);
    assertThat(testLocks.isOpen(1, session)).isTrue();
    assertThat(log(1, Entry.Kind.EXPIRE_SESSIONS)).isEmpty();
    assertThat(log(1, Entry.Kind.RENEW_SESSIONS)).isEmpty();
    assertThat(kept.validNanos()).isZero();
    assertThat(kept.isOver()).isFalse();
  }

  @Test
  void aSessionThatIsKeptStaysAndIsRenewedAThirdOfItsTimeApart() {
    cluster.run(3_000);
    int node = follower();
    long session = testLocks.open(node, TTL);
    SessionKeepAlive.KeptSession kept = testLocks.keep(node, session, TTL);
    assertThat(kept.validNanos()).isZero();
    cluster.run(500);
    for (int i = 0; i < 100; i++) {
      cluster.run(TTL_MILLIS / 10);
      assertThat(kept.validNanos()).isBetween(TTL.toNanos() / 2, TTL.toNanos() / 100 * 98);
    }
    assertThat(log(node, Entry.Kind.RENEW_SESSIONS)).hasSizeBetween(29, 33);
    assertThat(cluster.node(node).inspection().status().role()).isEqualTo(View.Role.FOLLOWER);
    kept.close();
    cluster.run(2 * TTL_MILLIS);
    assertThat(testLocks.isOpen(1, session)).isFalse();
  }

  @Test
  void validityIsCountedFromBeforeTheOpeningIfThatIsKnown() {
    cluster.run(3_000);
    int node = follower();
    long sentNanos = cluster.nanos(node);
    long session = testLocks.open(node, TTL);
    AtomicInteger changes = new AtomicInteger();
    SessionKeepAlive.KeptSession kept =
        cluster
            .node(node)
            .sessionKeepAlive()
            .keep(session, TTL, sentNanos, changes::incrementAndGet);
    long passed = cluster.nanos(node) - sentNanos;
    assertThat(kept.validNanos()).isEqualTo(TTL.toNanos() / 100 * 98 - passed);
    cluster.run(TTL_MILLIS / 3 - 200);
    assertThat(changes).hasValue(0);
    cluster.run(400);
    assertThat(changes).hasValue(1);
    testLocks.applied(testLocks.close(third(), session));
    cluster.run(200);
    assertThat(changes).hasValue(2);
    assertThat(kept.isOver()).isTrue();
    assertThat(kept.validNanos()).isZero();
  }

  @Test
  void validityIsCountedFromTheSendingThoughTheAnswerComesLate() {
    cluster.run(3_000);
    int node = follower();
    long session = testLocks.open(node, TTL);
    SessionKeepAlive.KeptSession kept = testLocks.keep(node, session, TTL);
    cluster.delay(link -> link.to() == node ? 1_500 : 0);
    cluster.run(TTL_MILLIS);
    long most = 0;
    for (int i = 0; i < 2_000; i++) {
      cluster.run(10);
      most = Math.max(most, kept.validNanos());
      assertThat(kept.validNanos()).isPositive();
    }
    assertThat(most).isBetween(4_300_000_000L, TTL.toNanos() / 100 * 98 - 1_500_000_000L);
  }

  @Test
  void manySessionsAreRenewedTogether() {
    cluster.run(3_000);
    int node = follower();
    List<SessionKeepAlive.KeptSession> all = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      long session = testLocks.open(node, TTL);
      all.add(testLocks.keep(node, session, TTL));
    }
    cluster.run(2 * TTL_MILLIS);
    long before = cluster.node(node).appliedLog().appliedIndex();
    cluster.run(TTL_MILLIS);
    assertThat(cluster.node(node).appliedLog().appliedIndex() - before).isLessThanOrEqualTo(24);
    assertThat(all).allMatch(kept -> kept.validNanos() > 0);
    for (AppliedLog.Item item : log(node, Entry.Kind.RENEW_SESSIONS)) {
      assertThat(item.entry().payload().bytes().length).isLessThan(4_096);
    }
  }

  @Test
  void keptSessionsOutliveLeaderChangesAndPausesAndUnkeptOnesGetAFullPeriodMore() {
    cluster.run(3_000);
    int leader = cluster.leader();
    int node = follower();
    long kept = testLocks.open(node, TTL);
    long unkept = testLocks.open(node, TTL);
    SessionKeepAlive.KeptSession keeping = testLocks.keep(node, kept, TTL);
    for (int round = 0; round < 3; round++) {
      cluster.run(TTL_MILLIS - 1_500);
      assertThat(testLocks.isOpen(node, unkept)).isTrue();
      var unused =
          cluster.node(cluster.leader()).maintenance().handOver(other(node), TestLocks.TEN);
      cluster.run(1_000);
    }
    cluster.pause(cluster.leader());
    cluster.run(TTL_MILLIS);
    cluster.resume(leader);
    for (int any = 1; any <= 3; any++) {
      cluster.resume(any);
    }
    cluster.run(100);
    assertThat(testLocks.isOpen(node, unkept)).isTrue();
    cluster.run(2 * TTL_MILLIS);
    assertThat(testLocks.isOpen(node, unkept)).isFalse();
    assertThat(testLocks.isOpen(node, kept)).isTrue();
    assertThat(keeping.validNanos()).isPositive();
  }

  /** A node that neither leads nor is {@code not}; the leader may not be it either. */
  private int other(int not) {
    for (int node = 1; node <= 3; node++) {
      if (node != not && node != cluster.leader()) {
        return node;
      }
    }
    return not;
  }

  @Test
  void aLeaderThatStoodStillEndsNoSessionWhoseRenewalsWait() {
    cluster.run(3_000);
    int node = follower();
    long session = testLocks.open(node, TTL);
    SessionKeepAlive.KeptSession kept = testLocks.keep(node, session, TTL);
    cluster.run(TTL_MILLIS);
    int leader = cluster.leader();
    // The third node is paused as well, so that no node is elected meanwhile.
    cluster.pause(leader);
    cluster.pause(third());
    cluster.run(3 * TTL_MILLIS);
    assertThat(kept.validNanos()).isZero();
    cluster.resume(leader);
    cluster.run(5);
    assertThat(testLocks.isOpen(node, session)).isTrue();
    for (int any = 1; any <= 3; any++) {
      cluster.resume(any);
    }
    cluster.run(3 * TTL_MILLIS);
    assertThat(testLocks.isOpen(node, session)).isTrue();
    assertThat(kept.validNanos()).isPositive();
  }

  @Test
  void locksPassOnAndPairsGoWithTheirSession() {
    cluster.run(3_000);
    int dying = follower();
    int next = third();
    long first = testLocks.applied(testLocks.hold(dying, "l", TTL));
    long second = testLocks.applied(testLocks.hold(next, "l", TTL));
    SessionKeepAlive.KeptSession firstKept = testLocks.keep(dying, first, TTL);
    SessionKeepAlive.KeptSession secondKept = testLocks.keep(next, second, TTL);
    testLocks.put(dying, new Op.Put("mine", TestLocks.text("x"), 0, first));
    cluster.run(3 * TTL_MILLIS);
    assertThat(testLocks.holder(next, "l")).isEqualTo(first);
    assertThat(firstKept.validNanos()).isPositive();
    cluster.stop(dying);
    cluster.run(TTL_MILLIS - TTL_MILLIS / 3 - 100);
    assertThat(testLocks.holder(next, "l")).isEqualTo(first);
    assertThat(cluster.node(next).reads().state().get("mine")).isNotNull();
    cluster.run(TTL_MILLIS);
    assertThat(testLocks.holder(next, "l")).isEqualTo(second);
    assertThat(cluster.node(next).reads().state().get("mine")).isNull();
    assertThat(secondKept.validNanos()).isPositive();
  }

  @Test
  void pairsGoWhenTheirTimeIsOverByLogTime() {
    cluster.run(3_000);
    testLocks.put(1, new Op.Put("a", TestLocks.text("x"), 2_000, 0));
    testLocks.put(1, new Op.Put("b", TestLocks.text("x"), 4_000, 0));
    cluster.run(1_900);
    assertThat(cluster.node(2).reads().state().get("a")).isNotNull();
    cluster.run(400);
    assertThat(cluster.node(2).reads().state().get("a")).isNull();
    assertThat(cluster.node(2).reads().state().get("b")).isNotNull();
    cluster.stop(cluster.leader());
    cluster.run(6_000);
    int left = cluster.leader();
    assertThat(cluster.node(left).reads().state().get("b")).isNull();
    assertThat(log(left, Entry.Kind.EXPIRE_KEYS)).hasSize(2);
  }

  @Test
  void manyPairsGoAtOnce() {
    cluster.run(3_000);
    for (int i = 0; i < 2_500; i++) {
      testLocks.put(1, new Op.Put("k" + i, TestLocks.text("x"), 60_000, 0));
    }
    cluster.run(61_000);
    assertThat(cluster.node(2).reads().state().keyCount()).isZero();
    assertThat(log(2, Entry.Kind.EXPIRE_KEYS).size()).isBetween(3, 30);
  }

  @Test
  void aNodeWithoutALeaderTriesNowAndThen() {
    cluster.run(3_000);
    int node = follower();
    long session = testLocks.open(node, TTL);
    SessionKeepAlive.KeptSession kept = testLocks.keep(node, session, TTL);
    cluster.run(500);
    cluster.cut(link -> link.touches(node));
    cluster.run(2_000);
    int turns = cluster.turns(node);
    cluster.run(10_000);
    assertThat(cluster.turns(node) - turns).isLessThan(400);
    assertThat(kept.validNanos()).isZero();
    cluster.cut(link -> false);
    cluster.run(4_000);
    assertThat(kept.isOver()).isTrue();
  }
}

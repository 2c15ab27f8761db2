package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Event;
import io.synod.runtime.node.EventLog;
import io.synod.state.command.Op;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that wrong or adjusted wall clocks end no time to live early. */
class WallClockTest {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long TEN_YEARS_MILLIS = 10 * 365 * 24 * HOUR_MILLIS;
  private static final long TTL_MILLIS = 60_000;

  private final TestCluster cluster = new TestCluster(3);
  private final TestLocks testLocks = new TestLocks(cluster);

  private int other() {
    return cluster.leader() % 3 + 1;
  }

  private void put(String key) {
    testLocks.put(other(), new Op.Put(key, TestLocks.text("x"), TTL_MILLIS, 0));
  }

  private boolean has(String key) {
    return cluster.node(cluster.leader()).reads().state().get(key) != null;
  }

  private long logTimeMillis() {
    put("now");
    return cluster.node(cluster.leader()).reads().state().mark().logTimeMillis();
  }

  private List<Event> steps(int node) {
    return cluster.node(node).inspection().eventLog().since(1, Integer.MAX_VALUE).stream()
        .map(EventLog.LoggedEvent::event)
        .filter(Event.ClockStepped.class::isInstance)
        .toList();
  }

  @Test
  void aPairOutlivesAStepOfTheLeadersWallClock() {
    cluster.run(3_000);
    put("k");
    int leader = cluster.leader();
    cluster.setWallClocks(node -> node == leader ? HOUR_MILLIS : 0);
    cluster.run(TTL_MILLIS - 2_000);
    assertThat(has("k")).isTrue();
    cluster.run(4_000);
    assertThat(has("k")).isFalse();
    assertThat(cluster.leader()).isEqualTo(leader);
  }

  @Test
  void aBlipOfTheLeadersWallClockLeavesNothingBehind() {
    cluster.run(3_000);
    long before = logTimeMillis();
    int leader = cluster.leader();
    cluster.setWallClocks(node -> node == leader ? TEN_YEARS_MILLIS : 0);
    cluster.run(1_000);
    put("k");
    cluster.setWallClocks(node -> 0);
    cluster.run(1_000);
    assertThat(logTimeMillis() - before).isBetween(1_900L, 2_100L);
  }

  @Test
  void aStepIsToldWhereItHappenedAndAlarmsWhileTheClockIsWrong() {
    cluster.run(3_000);
    int leader = cluster.leader();
    cluster.setWallClocks(node -> node == leader ? -HOUR_MILLIS : 0);
    cluster.run(1_000);
    for (int node = 1; node <= 3; node++) {
      boolean set = node == leader;
      assertThat(cluster.node(node).inspection().status().alarms().contains("clock_apart"))
          .isEqualTo(set);
      assertThat(steps(node))
          .isEqualTo(set ? List.of(new Event.ClockStepped(-HOUR_MILLIS)) : List.of());
    }
    cluster.setWallClocks(node -> 0);
    cluster.run(1_000);
    assertThat(cluster.node(leader).inspection().status().alarms()).isEmpty();
    assertThat(steps(leader)).hasSize(2);
  }

  @Test
  void aNewLeaderGoesOnWhereTheLastOneWasWhateverItsWallClock() {
    cluster.setWallClocks(node -> node == 2 ? HOUR_MILLIS : node == 3 ? -HOUR_MILLIS : 0);
    cluster.run(3_000);
    long before = logTimeMillis();
    for (int turn = 0; turn < 6; turn++) {
      int gone = cluster.leader();
      cluster.stop(gone);
      cluster.run(4_000);
      assertThat(cluster.leader()).isNotEqualTo(gone);
      cluster.start(gone);
      cluster.run(1_000);
      assertThat(logTimeMillis() - before).isBetween(4_800L * (turn + 1), 5_200L * (turn + 1));
    }
  }

  @Test
  void aMajorityThatIsSetAheadIsFollowedAtABoundedPace() {
    cluster.run(3_000);
    put("k");
    long before = logTimeMillis();
    cluster.setWallClocks(node -> HOUR_MILLIS);
    cluster.run(50_000);
    assertThat(has("k")).isTrue();
    assertThat(logTimeMillis() - before).isBetween(50_900L, 51_100L);
  }

  @Test
  void timeThatNobodyWasThereToCountIsTakenFromAMajoritysClocks() {
    cluster.run(3_000);
    long before = logTimeMillis();
    List.of(1, 2, 3).forEach(cluster::stop);
    cluster.run(HOUR_MILLIS);
    cluster.setWallClocks(node -> node == 1 ? TEN_YEARS_MILLIS : 0);
    List.of(1, 2, 3).forEach(cluster::start);
    cluster.run(3_000);
    assertThat(logTimeMillis() - before).isBetween(HOUR_MILLIS + 2_900, HOUR_MILLIS + 3_100);
  }

  @Test
  void aFollowerWhoseMonotonicClockIsFastPullsNothingAhead() {
    cluster.run(3_000);
    int fast = other();
    cluster.drift(fast, 50_000);
    cluster.run(1_000);
    long before = logTimeMillis();
    int leader = cluster.leader();
    cluster.run(100_000);
    assertThat(cluster.leader()).isEqualTo(leader);
    assertThat(logTimeMillis() - before).isBetween(99_900L, 100_100L);
    assertThat(
            cluster.await(cluster.node(leader).maintenance().handOver(fast, Duration.ofSeconds(1))))
        .isTrue();
    assertThat(cluster.leader()).isEqualTo(fast);
    assertThat(logTimeMillis() - before).as("led by it").isBetween(100_000L, 100_300L);
  }

  @Test
  void aWallClockThatStandsStillRaisesTheAlarmAndEndsNothingLate() {
    cluster.run(3_000);
    put("k");
    int leader = cluster.leader();
    long frozenNanos = cluster.nanos(leader);
    cluster.setWallClocks(
        node -> node == leader ? (frozenNanos - cluster.nanos(leader)) / TestCluster.MILLIS : 0);
    cluster.run(12_000);
    assertThat(cluster.node(leader).inspection().status().alarms()).containsExactly("clock_apart");
    assertThat(cluster.node(other()).inspection().status().alarms()).isEmpty();
    cluster.run(TTL_MILLIS - 14_000);
    assertThat(has("k")).isTrue();
    cluster.run(4_000);
    assertThat(has("k")).isFalse();
    assertThat(steps(leader)).isEmpty();
  }

  @Test
  void wallClocksOfAMajorityThatStandStillSlowLogTimeByAFiftiethAtMost() {
    cluster.run(3_000);
    long before = logTimeMillis();
    long frozenNanos = cluster.nanos(1);
    cluster.setWallClocks(node -> (frozenNanos - cluster.nanos(1)) / TestCluster.MILLIS);
    cluster.run(100_000);
    assertThat(logTimeMillis() - before).isBetween(97_900L, 98_200L);
  }
}

package io.synod.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.runtime.port.Observation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HealthChecksTest {
  private final TestMetrics testMetrics = TestMetrics.wired();
  private final HealthChecks health = testMetrics.health;

  private void turn() {
    testMetrics.metrics.observe(new Observation.Turned(1, 1));
  }

  private void pass(Duration time) {
    testMetrics.clock.pass(time);
    turn();
  }

  @Test
  void isNotLiveBeforeTheLoopTurned() {
    assertThat(health.live()).isFalse();
    assertThat(health.started()).isFalse();

    turn();

    assertThat(health.live()).isTrue();
    assertThat(health.started()).isTrue();
  }

  @Test
  void isDeadOnceTheLoopIsStuck() {
    turn();
    testMetrics.clock.pass(Duration.ofSeconds(5));
    assertThat(health.live()).isTrue();

    testMetrics.clock.pass(Duration.ofNanos(1));
    assertThat(health.live()).isFalse();

    turn();
    assertThat(health.live()).isTrue();
  }

  @Test
  void isDeadOnceAnotherNamedThreadIsStuck() {
    AtomicBoolean sealerTurns = new AtomicBoolean(true);
    health.alsoTurning("sealer", sealerTurns::get);
    turn();
    assertThat(health.live()).isTrue();

    sealerTurns.set(false);

    assertThat(health.live()).isFalse();
  }

  @Test
  void staysLiveAndReadyWithoutAQuorum() {
    testMetrics.status = TestViews.alone(100);
    health.serving(true);
    turn();
    health.ready();
    pass(Duration.ofSeconds(4));

    assertThat(health.ready()).isTrue();
    assertThat(health.live()).isTrue();

    for (int i = 0; i < 10; i++) {
      pass(Duration.ofMinutes(1));
      assertThat(health.ready()).isTrue();
    }
  }

  @Test
  void isReadyOnlyWhileTheApiServes() {
    turn();
    assertThat(health.ready()).isFalse();

    health.serving(true);
    assertThat(health.ready()).isTrue();

    health.serving(false);
    assertThat(health.ready()).isFalse();
  }

  @Test
  void isNotReadyOnceAMajorityHasAnotherState() {
    health.serving(true);
    turn();
    assertThat(health.ready()).isTrue();

    testMetrics.status = TestViews.quarantined(testMetrics.status);

    assertThat(health.ready()).isFalse();
    assertThat(health.live()).isTrue();
  }

  @Test
  void isNotReadyWhereNothingCanEverBeChosen() {
    health.serving(true);
    turn();
    testMetrics.status = TestViews.blocked();
    assertThat(health.ready()).isFalse();
    assertThat(health.readyChecks())
        .contains(new HealthChecks.Check("commands can ever be chosen", false));

    testMetrics.status = TestViews.alone(100);
    assertThat(health.readyChecks())
        .as("a partition may end")
        .contains(new HealthChecks.Check("commands can ever be chosen", true));
  }

  @Test
  void waitsForItsPeersBeforeItCallsItselfCaughtUp() {
    testMetrics.status = TestViews.follower(100, new View.Peer(2, false, 0, -1));
    health.serving(true);
    turn();
    assertThat(health.ready()).isFalse();

    testMetrics.status = TestViews.follower(100, 5_000);
    pass(Duration.ofMillis(200));
    assertThat(health.ready()).isFalse();

    pass(Duration.ofMinutes(5));
    assertThat(health.ready()).isFalse();

    testMetrics.status = TestViews.follower(5_000, 6_000);
    pass(Duration.ofMillis(200));
    assertThat(health.ready()).isTrue();
  }

  @Test
  void staysReadyWhileItFollowsAMovingGoal() {
    health.serving(true);
    turn();
    for (int i = 0; i < 100; i++) {
      testMetrics.status = TestViews.follower(100 + 90L * i, 200 + 90L * i);
      pass(Duration.ofSeconds(5));
      health.ready();
    }
    assertThat(health.ready()).isTrue();
  }

  @Test
  void isNotReadyOnceItFallsBehindForLong() {
    health.serving(true);
    turn();
    assertThat(health.ready()).isTrue();

    testMetrics.status = TestViews.follower(100, 5_000);
    assertThat(health.ready()).isTrue();
    pass(Duration.ofSeconds(10));
    assertThat(health.ready()).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(health.ready()).isFalse();
  }

  @Test
  void forgetsAGoalThatNobodyCanBringItTo() {
    health.serving(true);
    turn();
    testMetrics.status = TestViews.follower(100, 5_000);
    health.ready();
    pass(Duration.ofMinutes(1));
    assertThat(health.ready()).isFalse();

    testMetrics.status = TestViews.alone(100);

    assertThat(health.ready()).isTrue();
  }
}

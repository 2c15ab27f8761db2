package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTimeTest {
  private static final long MILLIS = 1_000_000;
  private static final long HOUR = 3_600_000;

  @Test
  void followsTheWallClock() {
    LogTime time = new LogTime(1_000, 0);
    assertThat(time.stamp(0, 5_000)).isEqualTo(5_000);
    assertThat(time.stamp(10 * MILLIS, 5_010)).isEqualTo(5_010);
    assertThat(time.stamp(HOUR * MILLIS, 5_000 + HOUR)).isEqualTo(5_000 + HOUR);
  }

  @Test
  void neverRunsBackAndComesBackToTheWallClockSlowly() {
    LogTime time = new LogTime(HOUR, 0);
    long last = HOUR;
    for (int second = 1; second <= 60 * 60; second++) {
      long stamp = time.stamp(second * 1_000L * MILLIS, second * 1_000L);
      assertThat(stamp - last).isBetween(975L, 985L);
      last = stamp;
    }
    // Now it is a fiftieth of an hour nearer.
    assertThat(last).isEqualTo(2 * HOUR - HOUR / 50);
    assertThat(time.stamp(60 * HOUR * MILLIS, 60 * HOUR)).isEqualTo(60 * HOUR);
  }

  @Test
  void isNoEarlierThanWhatAnEarlierLeaderStamped() {
    LogTime time = new LogTime(1_000, 0);
    time.inherit(9_000);
    assertThat(time.last()).isEqualTo(9_000);
    assertThat(time.at(0, 2_000)).isEqualTo(9_000);
    assertThat(time.stamp(0, 2_000)).isEqualTo(9_000);
    assertThat(time.at(100 * MILLIS, 2_100)).isEqualTo(9_098);
    assertThat(time.stamp(100 * MILLIS, 2_100)).isEqualTo(9_098);
  }

  @Test
  void goesOnByTheWallClockWhereTheMonotonicClockStoodStill() {
    LogTime time = new LogTime(0, 0);
    assertThat(time.stamp(0, HOUR)).isEqualTo(HOUR);
    assertThat(time.stamp(MILLIS, 3 * HOUR)).isEqualTo(3 * HOUR);
  }
}

package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTimeTest {
  private static final long MILLIS = 1_000_000;
  private static final long HOUR = 3_600_000;
  private static final long TEN_YEARS = 10 * 365 * 24 * HOUR;

  private final LogTime time = new LogTime(1_000);
  private long nowMillis;

  private void lead(long forMillis, long aheadMillis) {
    for (long end = nowMillis + forMillis; nowMillis < end; ) {
      nowMillis += Math.min(100, end - nowMillis);
      time.advanceAsLeader(nowMillis * MILLIS, nowMillis + aheadMillis);
    }
  }

  @Test
  void beginsWhereTheReferenceIsAndFollowsIt() {
    assertThat(time.isRunning()).isFalse();
    assertThat(time.millis()).isEqualTo(1_000);
    time.start(5_000, 0);
    assertThat(time.isRunning()).isTrue();
    assertThat(time.millis()).isEqualTo(5_000);
    lead(10 * HOUR, 5_000);
    assertThat(time.millis()).isEqualTo(5_000 + 10 * HOUR);
  }

  @Test
  void doesNotPassBeforeItIsRunning() {
    time.advanceAsLeader(HOUR * MILLIS);
    time.advanceAsFollower(2 * HOUR * MILLIS);
    assertThat(time.millis()).isEqualTo(1_000);
    time.start(500, 3 * HOUR * MILLIS);
    assertThat(time.millis()).isEqualTo(1_000);
    time.advanceAsLeader((3 * HOUR + 10) * MILLIS);
    assertThat(time.millis()).isEqualTo(1_010);
  }

  @Test
  void goesAFiftiethFasterWhereTheReferenceIsFarAhead() {
    time.start(0, 0);
    lead(HOUR, TEN_YEARS);
    assertThat(time.millis() - 1_000).isEqualTo(HOUR + HOUR / 50);
  }

  @Test
  void neverRunsBackAndComesBackToTheReferenceSlowly() {
    time.start(HOUR, 0);
    lead(HOUR, 0);
    assertThat(time.millis()).isEqualTo(2 * HOUR - HOUR / 50);
    lead(60 * HOUR, 0);
    assertThat(time.millis()).isEqualTo(61 * HOUR);
  }

  @Test
  void goesOnByTheMonotonicClockWithoutAReference() {
    time.start(5_000, 0);
    time.advanceAsLeader(HOUR * MILLIS);
    assertThat(time.millis()).isEqualTo(5_000 + HOUR);
  }

  @Test
  void isBentHoweverOftenItTurns() {
    time.start(1_000, 0);
    for (long micros = 0; micros <= 1_000_000; micros += 7) {
      time.advanceAsLeader(micros * 1_000, HOUR);
    }
    assertThat(time.millis()).isBetween(2_018L, 2_020L);
  }

  @Test
  void isNeverAheadOfALeadersWhereItFollows() {
    time.advanceTo(9_000, 0);
    assertThat(time.isRunning()).isTrue();
    time.advanceAsFollower(100 * 1_000 * MILLIS);
    assertThat(time.millis()).isEqualTo(9_000 + 98_000);
    time.advanceTo(20_000, 101 * 1_000 * MILLIS);
    assertThat(time.millis()).isEqualTo(9_000 + 98_000);
    time.advanceTo(150_000, 101 * 1_000 * MILLIS);
    assertThat(time.millis()).isEqualTo(150_000);
  }

  @Test
  void isTakenBackToTheLeadersWhereItFollowsAndNeverBelowAStamp() {
    time.advanceTo(9_000, 0);
    time.bound(8_000, 8_500);
    assertThat(time.millis()).isEqualTo(8_500);
    time.bound(8_400, 9_500);
    assertThat(time.millis()).isEqualTo(8_500);
    time.bound(8_600, 9_500);
    assertThat(time.millis()).isEqualTo(8_600);
    time.observeStamp(8_550);
    time.bound(1, 2);
    assertThat(time.millis()).isEqualTo(8_550);
  }

  @Test
  void isNoEarlierThanWhatAnEarlierLeaderStamped() {
    time.observeStamp(9_000);
    assertThat(time.lastStamp()).isEqualTo(9_000);
    assertThat(time.millis()).isEqualTo(9_000);
    time.start(2_000, 0);
    time.observeStamp(8_000);
    assertThat(time.lastStamp()).isEqualTo(9_000);
    time.advanceAsLeader(100 * MILLIS, 2_100);
    assertThat(time.millis()).isEqualTo(9_098);
    assertThat(time.lastStamp()).isEqualTo(9_000);
  }

  @Test
  void takesNoClockBeyondAllTime() {
    time.start(Long.MAX_VALUE, 0);
    assertThat(time.millis()).isEqualTo(1L << 50);
    lead(1_000, Long.MAX_VALUE / 2);
    assertThat(time.millis()).isBetween(1L << 50, (1L << 50) + 1_020);
  }
}

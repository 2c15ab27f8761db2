package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests when a quarantine begins and ends, and when and from whom the state is taken anew. */
class QuarantineStepsTest {
  private static final long POSTPONED_BYTES_MAX = 64 << 20;

  private final Quarantine quarantine = new Quarantine(false, POSTPONED_BYTES_MAX);
  private long now;

  private void pass(long minutes) {
    now += TimeUnit.MINUTES.toNanos(minutes);
  }

  /** A quorum has the state at this slot; returns whether the quarantine ends. */
  private boolean ends(long slot) {
    boolean mended = quarantine.attested(slot);
    if (mended) {
      quarantine.end(now);
    }
    return mended;
  }

  /** How many minutes pass until the state is to be taken anew. */
  private long pause() {
    long minutes = 0;
    while (!quarantine.isDue(now)) {
      pass(1);
      minutes++;
    }
    return minutes;
  }

  @Test
  void endsOnceAQuorumHasTheNewState() {
    assertThat(quarantine.begin(now)).isTrue();
    assertThat(quarantine.begin(now)).isFalse();
    assertThat(quarantine.isWaiting()).isTrue();
    assertThat(ends(100)).isFalse();
    quarantine.renewed(50);
    assertThat(quarantine.isActive()).isTrue();
    assertThat(quarantine.isWaiting()).isFalse();
    assertThat(ends(49)).isFalse();
    assertThat(ends(50)).isTrue();
    assertThat(quarantine.isActive()).isFalse();
  }

  @Test
  void isMendedUntilTheStateDiffersAgain() {
    quarantine.begin(now);
    quarantine.renewed(50);
    assertThat(quarantine.attested(50)).isTrue();
    assertThat(quarantine.isMended()).isTrue();
    assertThat(quarantine.isActive()).isTrue();
    assertThat(quarantine.begin(now)).isTrue();
    assertThat(quarantine.isMended()).isFalse();
    assertThat(quarantine.attested(60)).isFalse();
  }

  @Test
  void waitsLongerEachTimeTheStateDiffersAgain() {
    quarantine.begin(now);
    assertThat(pause()).isZero();
    long[] pauses = new long[9];
    for (int i = 0; i < pauses.length; i++) {
      quarantine.renewed(50);
      if (i % 2 == 0) {
        assertThat(ends(60)).isTrue();
        pass(5);
      }
      assertThat(quarantine.begin(now)).isTrue();
      pauses[i] = pause();
    }
    assertThat(pauses).containsExactly(1, 2, 4, 8, 16, 32, 60, 60, 60);
  }

  @Test
  void forgetsEarlierOnesAfterAnHour() {
    quarantine.begin(now);
    quarantine.renewed(50);
    ends(60);
    pass(61);
    quarantine.begin(now);
    assertThat(pause()).isZero();
    quarantine.renewed(70);
    quarantine.begin(now);
    assertThat(pause()).isEqualTo(1);
  }

  @Test
  void holdsBackABoundedNumberOfSlotsAndBytes() {
    assertThat(quarantine.postpones(0, 0)).isFalse();
    quarantine.begin(now);
    assertThat(quarantine.postpones(1 << 18, POSTPONED_BYTES_MAX)).isTrue();
    assertThat(quarantine.postpones((1 << 18) + 1, 0)).isFalse();
    assertThat(quarantine.postpones(64, POSTPONED_BYTES_MAX + 1)).isFalse();
    quarantine.renewed(50);
    assertThat(quarantine.postpones(1, 1)).isFalse();
  }

  @Test
  void isActiveFromTheStartIfTheDiskRecordsThat() {
    Quarantine recorded = new Quarantine(true, POSTPONED_BYTES_MAX);
    assertThat(recorded.isActive()).isTrue();
    assertThat(recorded.isDue(now)).isTrue();
  }

  @Test
  void knowsWhoseStateAQuorumHas() {
    quarantine.onDigest(2, new Message.StateDigest(90, 9, 80, 8));
    quarantine.onDigest(3, new Message.StateDigest(90, 9, 0, 0));
    assertThat(quarantine.isAttested(2, 80)).isTrue();
    assertThat(quarantine.isAttested(2, 81)).isFalse();
    assertThat(quarantine.isAttested(3, 1)).isFalse();
    assertThat(quarantine.isAttested(2, new SnapshotMark(79, 1, 1, 5))).isTrue();
    assertThat(quarantine.isAttested(2, new SnapshotMark(80, 1, 1, 8))).isTrue();
    assertThat(quarantine.isAttested(2, new SnapshotMark(80, 1, 1, 9))).isFalse();
    assertThat(quarantine.isAttested(2, new SnapshotMark(81, 1, 1, 8))).isFalse();
    assertThat(quarantine.isAttested(3, new SnapshotMark(1, 1, 1, 1))).isFalse();
    quarantine.onDigest(2, new Message.StateDigest(91, 9, 0, 0));
    assertThat(quarantine.isAttested(2, 1)).as("after a restart of the peer").isFalse();
  }
}

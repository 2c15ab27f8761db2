package io.synod.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

final class AckedWritesTest {
  private final AckedWrites writes = new AckedWrites();

  @Test
  void countsNoWriteThatWasSentBeforeTheFault() {
    writes.add(90, 95);
    writes.add(99, 150);
    assertThat(writes.firstAckOfSentSince(100)).isEmpty();

    writes.add(100, 190);
    assertThat(writes.firstAckOfSentSince(100)).hasValue(190);
  }

  @Test
  void findsTheFirstAcknowledgementOfSeveralWriters() {
    writes.add(110, 300);
    writes.add(180, 200);
    writes.add(210, 220);

    assertThat(writes.firstAckOfSentSince(100)).hasValue(200);
    assertThat(writes.firstAckOfSentSince(200)).hasValue(220);
  }

  @Test
  void findsTheLongestGapBetweenAllWriters() {
    writes.add(0, 400);
    writes.add(0, 10);
    writes.add(0, 100);

    assertThat(writes.longestGap(120, 500)).isEqualTo(300);
    // The time since the last one counts too, since there may be no further write.
    assertThat(writes.longestGap(120, 800)).isEqualTo(400);
  }

  @Test
  void countsNoGapThatEndedBeforeTheFault() {
    writes.add(0, 10);
    writes.add(0, 910);
    writes.add(0, 960);

    assertThat(writes.longestGap(910, 1_000)).isEqualTo(50);
    assertThat(writes.longestGap(909, 1_000)).isEqualTo(900);
    assertThatIllegalStateException().isThrownBy(() -> writes.longestGap(9, 1_000));
  }

  @Test
  void measuresAcrossTheLargestTime() {
    long now = Long.MAX_VALUE - 5;
    writes.add(now, now + 2);
    writes.add(now + 10, now + 90);

    assertThat(writes.firstAckOfSentSince(now + 8)).hasValue(now + 90);
    assertThat(writes.longestGap(now + 8, now + 100)).isEqualTo(88);
  }

  @Test
  void takesManyWrites() {
    for (int i = 0; i < 10_000; i++) {
      writes.add(i, i + 1);
    }

    assertThat(writes.firstAckOfSentSince(9_999)).hasValue(10_000);
    assertThat(writes.longestGap(5_000, 10_000)).isEqualTo(1);
  }
}

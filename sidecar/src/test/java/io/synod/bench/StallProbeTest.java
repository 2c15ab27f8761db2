package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StallProbeTest {

  @Test
  void tellsOfABeatThatDoesNotEnd() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (StallProbe stallProbe =
        new StallProbe(
            "stuck",
            0,
            () -> {
              begun.countDown();
              release.await(50, TimeUnit.SECONDS);
            })) {
      assertThat(begun.await(50, TimeUnit.SECONDS)).isTrue();
      double first = stallProbe.take().get(0).millis();
      Thread.sleep(5);

      assertThat(stallProbe.take().get(0).millis()).isGreaterThanOrEqualTo(first + 5);
    } finally {
      release.countDown();
    }
  }

  @Test
  void saysThatItStopped() {
    try (StallProbe stallProbe =
        new StallProbe(
            "broken",
            0,
            () -> {
              throw new IOException("no space left");
            })) {
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(stallProbe::take)
                      .isInstanceOf(IOException.class)
                      .hasMessage("synod-pulse-broken stopped: no space left"));
    }
  }

  @Test
  void beatsTouchIfTheyShareAMoment() {
    StallProbe.Beat beat = new StallProbe.Beat(10, 20);

    assertThat(beat.touches(new StallProbe.Beat(19, 30))).isTrue();
    assertThat(beat.touches(new StallProbe.Beat(0, 11))).isTrue();
    assertThat(beat.touches(new StallProbe.Beat(12, 13))).isTrue();
    assertThat(beat.touches(new StallProbe.Beat(20, 30))).isFalse();
    assertThat(beat.touches(new StallProbe.Beat(0, 10))).isFalse();
  }
}

package io.synod.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class NanosTest {
  private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  @Test
  void keepsWhatADeadlineCanBe() {
    assertThat(Nanos.of(Duration.ofMillis(5))).isEqualTo(5_000_000);
    assertThat(Nanos.of(Duration.ofNanos(Nanos.MAX - 1))).isEqualTo(Nanos.MAX - 1);
    assertThat(Nanos.of(Duration.ofSeconds(-5))).isEqualTo(-5_000_000_000L);
  }

  @Test
  void limitsWhatIsLonger() {
    assertThat(Nanos.of(Duration.ofDays(365L * 293))).isEqualTo(Nanos.MAX);
    assertThat(Nanos.of(FOR_EVER)).isEqualTo(Nanos.MAX);
    assertThat(Nanos.of(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(-Nanos.MAX);
    assertThat(3 * Nanos.MAX + System.nanoTime()).isPositive();
  }
}

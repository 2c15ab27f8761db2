package io.synod.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CpuMeterTest {
  @Test
  void addsUpWhatTheServersUse() throws IOException {
    Process busy = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
    try {
      CpuMeter one = CpuMeter.of(List.of(busy));
      await().until(() -> one.read().serverNanos() > 0);
      CpuTime once = one.read();
      CpuTime twice = CpuMeter.of(List.of(busy, busy)).read();
      assertThat(twice.serverNanos()).isGreaterThanOrEqualTo(2 * once.serverNanos());
      assertThat(once.generatorNanos()).isPositive();
    } finally {
      busy.destroyForcibly();
    }
  }

  @Test
  void knowsNothingOfServersThatItDoesNotWatch() {
    assertThat(CpuMeter.ofNone().read().serverNanos()).isZero();
  }
}

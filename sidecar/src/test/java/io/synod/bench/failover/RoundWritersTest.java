package io.synod.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.NoopServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the writers against a server that stops. */
final class RoundWritersTest {
  @Test
  void writesUntilTheServerStopsAndTriesOn() throws Exception {
    NoopServer server = new NoopServer();
    try (RoundWriters writers = RoundWriters.start(BenchTarget.NOOP, List.of(server.endpoint()))) {
      long begun = System.nanoTime();
      assertThat(writers.awaitAckOfSentSince(begun, Duration.ofSeconds(20))).isPresent();

      server.close();
      long closed = System.nanoTime();
      assertThat(writers.awaitAckOfSentSince(closed, Duration.ofMillis(500))).isEmpty();

      assertThat(writers.longestGap(closed)).isGreaterThan(Duration.ofMillis(450));
      // Each of four writers tries again 5 ms after a refusal; a busy machine makes it fewer.
      assertThat(writers.failedCalls()).hasEntrySatisfying("UNAVAILABLE", this::isMany);
    }
  }

  private void isMany(long count) {
    assertThat(count).isGreaterThan(20);
  }
}

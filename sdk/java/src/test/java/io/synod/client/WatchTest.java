package io.synod.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.synod.client.MemorySidecar.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class WatchTest {
  private MemorySidecar sidecar;
  private SynodClient client;

  @BeforeEach
  void connect() throws IOException {
    sidecar = new MemorySidecar();
    client = SynodClient.over(sidecar.channel);
  }

  @AfterEach
  void close() {
    client.close();
    sidecar.close();
  }

  @Test
  void goesOnBehindTheLastEntryAfterEveryBreak() {
    sidecar.append(10);
    for (int i = 0; i < 5; i++) {
      sidecar.faults.add(Fault.LOSE_ANSWER);
    }

    List<Long> read = new ArrayList<>();
    try (Watch watch = client.watch(1)) {
      while (read.size() < 10) {
        read.add(watch.next().getIndex());
      }
      assertThat(watch.position()).isEqualTo(10);
    }

    assertThat(read).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void knowsItsPositionBetweenEntries() {
    sidecar.append(2);
    try (Watch watch = client.watch(1)) {
      assertThat(watch.position()).isZero();
      assertThat(watch.next().getIndex()).isEqualTo(1);
      assertThat(watch.position()).isEqualTo(1);
    }
  }

  @Test
  void endsWithCompactedWhenThePastIsGone() {
    sidecar.append(10);
    sidecar.trim(4);

    try (Watch watch = client.watch(2)) {
      CompactedException error = catchThrowableOfType(CompactedException.class, watch::next);

      assertThat(error.oldestIndex()).isEqualTo(4);
      assertThat(watch.hasNext()).isFalse();
    }
  }

  @Test
  void endsWhenItIsClosedByAnotherThread() throws Exception {
    sidecar.append(1);
    Watch watch = client.watch(1);
    assertThat(watch.next().getIndex()).isEqualTo(1);
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(watch::hasNext);

    watch.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
    assertThatThrownBy(watch::next).isInstanceOf(NoSuchElementException.class);
  }
}

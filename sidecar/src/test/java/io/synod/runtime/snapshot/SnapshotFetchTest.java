package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests fetching a consumer's snapshot from another node. */
class SnapshotFetchTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestCluster cluster = SnapshotTest.cluster();
  private final Random random = new Random(1);

  @Test
  void getsWhatAConsumerHandedOverFromAnotherNode() {
    byte[] content = new byte[50_000];
    random.nextBytes(content);
    try (StreamWriter streamWriter =
        cluster.node(1).consumers().appSnapshots().stage("ledger", 17)) {
      streamWriter.append(content);
      streamWriter.seal();
    }
    AppSnapshots.Blob blob = cluster.node(1).consumers().appSnapshots().list().get(0);
    CompletableFuture<Boolean> pulled =
        cluster.node(2).consumers().pull("ledger", 17, blob.sha256(), MINUTE);
    CompletableFuture<Boolean> nowhere =
        cluster.node(2).consumers().pull("ledger", 18, blob.sha256(), Duration.ofMillis(200));
    assertThat(cluster.await(pulled)).isTrue();
    assertThat(cluster.node(2).consumers().appSnapshots().list()).containsExactly(blob);
    try (StreamReader streamReader =
        Objects.requireNonNull(cluster.node(2).consumers().appSnapshots().open("ledger", 17))) {
      assertThat(streamReader.read(0, 1 << 20)).isEqualTo(content);
    }
    assertThat(nowhere.join()).isFalse();
    CompletableFuture<Boolean> next =
        cluster.node(3).consumers().pull("ledger", 17, blob.sha256(), MINUTE);
    assertThat(cluster.await(next)).isTrue();
  }
}

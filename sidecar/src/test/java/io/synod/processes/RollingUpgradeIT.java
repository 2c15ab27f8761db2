package io.synod.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.synod.v1.GetRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.PutRequest;
import io.synod.v1.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two versions of different levels in one cluster under load, through a whole rolling upgrade. */
@Timeout(240)
class RollingUpgradeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WRITES_BETWEEN = 50;

  @TempDir private Path folder;

  /** Writes numbers under keys of their own, and counts those that were acknowledged. */
  private static final class WriteLoad implements AutoCloseable {
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Integer> written = new ArrayList<>();
    private final Thread thread;

    WriteLoad(List<KVGrpc.KVBlockingStub> sidecars) {
      this.thread = new Thread(() -> run(sidecars), "load");
      thread.start();
    }

    private void run(List<KVGrpc.KVBlockingStub> sidecars) {
      for (int i = 0; !stopped.get(); i++) {
        PutRequest put =
            PutRequest.newBuilder()
                .setKey("key-" + i)
                .setValue(ByteString.copyFromUtf8(String.valueOf(i)))
                .build();
        try {
          var unused =
              sidecars.get(i % sidecars.size()).withDeadlineAfter(1, TimeUnit.SECONDS).put(put);
          written.add(i);
          acknowledged.incrementAndGet();
        } catch (StatusRuntimeException notNow) {
          // Its sidecar is being upgraded, or has no leader: the next write goes to another.
        }
      }
    }

    void awaitMore(int count) {
      int until = acknowledged.get() + count;
      await("writes under way").atMost(PATIENCE).until(() -> acknowledged.get() >= until);
    }

    List<Integer> stop() throws InterruptedException {
      stopped.set(true);
      thread.join();
      return written;
    }

    @Override
    public void close() {
      stopped.set(true);
    }
  }

  private static int level(SidecarProcess sidecar) {
    return sidecar.status().map(Status::getLevel).orElse(0);
  }

  private static KVGrpc.KVBlockingStub kv(SidecarProcess sidecar) {
    return KVGrpc.newBlockingStub(sidecar.channel()).withWaitForReady();
  }

  @Test
  void raisesTheLevelAfterTheLastAndThenRefusesTheOlderVersion() throws Exception {
    Path next = NextVersion.compile(folder);
    try (SidecarCluster cluster =
        SidecarCluster.three(folder, ChildProgram.logs("rolling-upgrade"))) {
      cluster.awaitLeader();
      List<Integer> written = new ArrayList<>();
      for (SidecarProcess sidecar : cluster.all()) {
        try (WriteLoad load =
            new WriteLoad(cluster.others(sidecar).stream().map(RollingUpgradeIT::kv).toList())) {
          load.awaitMore(WRITES_BETWEEN);
          sidecar.kill9();
          sidecar.start(next);
          Status upgraded = sidecar.awaitStatus();
          assertThat(upgraded.getSupportedLevel()).isEqualTo(2);
          cluster.awaitLeader();
          load.awaitMore(WRITES_BETWEEN);
          boolean last = sidecar.node() == cluster.all().size();
          assertThat(level(cluster.node(1)) == 1 || last).as("the level before the last").isTrue();
          written.addAll(load.stop());
        }
      }
      for (SidecarProcess sidecar : cluster.all()) {
        await("level 2 at node " + sidecar.node())
            .atMost(PATIENCE)
            .until(() -> level(sidecar) == 2);
      }
      SidecarProcess older = cluster.node(3);
      older.kill9();
      assertThat(older.startInVain()).isEqualTo(1);
      assertThat(older.tailOfLast())
          .contains("the cluster is at level 2, and this version supports levels up to 1");
      older.start(next);
      cluster.awaitApplied(older, cluster.appliedIndex());
      for (int key : written) {
        assertThat(
                kv(older)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .get(GetRequest.newBuilder().setKey("key-" + key).build())
                    .getKv()
                    .getValue()
                    .toStringUtf8())
            .isEqualTo(String.valueOf(key));
      }
    }
  }
}

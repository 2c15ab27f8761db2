package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.HeapProbe;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.LoadGenerator;
import io.synod.cli.shared.Endpoint;
import io.synod.v1.KVGrpc;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the memory that a watcher costs which reads nothing while much is written: {@code
 * -Dwatcher.seconds=60}.
 */
final class SlowWatcherIT {
  private static final Duration LOAD =
      Duration.ofSeconds(Integer.getInteger("watcher.seconds", 10));
  private static final int IN_FLIGHT = 256;
  private static final int KEYS = 1_000;
  private static final int MIB = 1 << 20;

  @TempDir Path dir;

  @Test
  void costsLessThanAMebibyteOfHeapAndThenGetsEverythingInOrder() throws Exception {
    BenchCluster.Recipe recipe =
        LaunchRecipes.synod(LaunchRecipes.self(ThreeSidecars.JAVA_OPTIONS));
    // The log is trimmed except for what an open watch still needs.
    Map<String, String> trim =
        Map.of(
            "SYNOD_LOG_KEEP_BYTES", "0B",
            "SYNOD_SNAPSHOT_LOG_BYTES", "4MiB",
            "SYNOD_JAVA_OPTS", ThreeSidecars.JAVA_OPTIONS);
    try (BenchCluster cluster =
            BenchCluster.start(BenchTarget.SYNOD, recipe, dir.resolve("synod"), trim);
        LoadGenerator loadGenerator =
            new LoadGenerator(BenchTarget.SYNOD, cluster.endpoints(), 1, 1)) {
      cluster.awaitReady(loadGenerator, Duration.ofSeconds(60));
      Endpoint first = cluster.endpoints().get(0);
      // Each watch has its own connection, so that flow control stops nothing else.
      List<Stalled> idle = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        idle.add(new Stalled(first.channel().build()));
      }
      Stalled late = new Stalled(first.channel().build());
      long written = load(first);

      String pid = Long.toString(cluster.processes().get(0).pid());
      long with = HeapProbe.liveBytes(pid);
      idle.forEach(Stalled::cancel);
      Thread.sleep(1_000);
      long each = (with - HeapProbe.liveBytes(pid)) / idle.size();
      System.out.println(
          "slow watcher: " + written + " writes, " + each + " bytes of heap for each watcher");
      assertThat(each).isLessThan(MIB);

      late.readAll(written);
      late.cancel();
    }
  }

  private static long load(Endpoint endpoint) throws InterruptedException {
    ManagedChannel channel = endpoint.channel().build();
    KVGrpc.KVFutureStub kv = KVGrpc.newFutureStub(channel);
    Semaphore room = new Semaphore(IN_FLIGHT);
    long end = System.nanoTime() + LOAD.toNanos();
    List<ListenableFuture<PutResponse>> last = new ArrayList<>();
    long written = 0;
    while (System.nanoTime() < end) {
      assertThat(room.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      PutRequest put =
          PutRequest.newBuilder()
              .setKey("slow/" + written % KEYS)
              .setValue(ByteString.copyFrom(new byte[256]))
              .build();
      ListenableFuture<PutResponse> answer = kv.put(put);
      answer.addListener(room::release, MoreExecutors.directExecutor());
      last.add(answer);
      if (last.size() == IN_FLIGHT) {
        // This throws if a write was refused, since the count would be wrong then.
        Futures.getUnchecked(Futures.allAsList(last));
        last.clear();
      }
      written++;
    }
    Futures.getUnchecked(Futures.allAsList(last));
    channel.shutdownNow();
    return written;
  }

  /** A watch that requests no messages until the test says so. */
  private static final class Stalled extends ClientCall.Listener<KvWatchResponse> {
    private final ManagedChannel channel;
    private final ClientCall<KvWatchRequest, KvWatchResponse> call;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile String fault = "";
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private long index;

    private Stalled(ManagedChannel channel) {
      this.channel = channel;
      this.call = channel.newCall(KVGrpc.getWatchMethod(), CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.sendMessage(
          KvWatchRequest.newBuilder().setKey("slow/").setPrefix(true).setStartIndex(1).build());
      call.halfClose();
    }

    @Override
    public void onMessage(KvWatchResponse message) {
      if (message.hasChanges()) {
        if (message.getChanges().getIndex() <= index) {
          fault = message.getChanges().getIndex() + " came after " + index;
        }
        index = message.getChanges().getIndex();
        left.addAndGet(-message.getChanges().getItemsCount());
      }
      if (left.get() <= 0 || !fault.isEmpty()) {
        done.countDown();
      } else {
        call.request(1);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (left.get() > 0) {
        fault = "ended with " + left + " changes to come: " + status;
      }
      done.countDown();
    }

    void readAll(long changes) throws InterruptedException {
      left.set(changes);
      call.request(1);
      assertThat(done.await(120, TimeUnit.SECONDS))
          .as("all changes arrived, " + left + " left")
          .isTrue();
      assertThat(fault).isEmpty();
      assertThat(left.get()).isZero();
    }

    void cancel() {
      call.cancel("the test is over", null);
      channel.shutdownNow();
    }
  }
}

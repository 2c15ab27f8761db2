package io.synod.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.Directories;
import io.synod.bench.cluster.HeapProbe;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetRequest;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.Op;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.TakeSnapshotResponse;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Three sidecars with a large state. */
final class StateMeasurement implements AutoCloseable {
  private static final int PUTS_PER_TXN_MAX = 50;
  private static final int TXN_BYTES = 512 * 1024;
  private static final int IN_FLIGHT = 16;
  private static final int LAST = BenchCluster.MEMBERS - 1;
  private static final long POLL_MILLIS = 50;

  private final BenchCluster cluster;
  private final Path dir;
  private final int keys;
  private final byte[] value;
  private final int putsPerTxn;
  private final Random random = new Random(1);
  private long refused;
  private final List<ManagedChannel> channels = new ArrayList<>();

  /** A snapshot that was taken. */
  record Taken(long bytes, double seconds) {}

  StateMeasurement(BenchCluster cluster, Path dir, int keys, int size) {
    this.cluster = cluster;
    this.dir = dir;
    this.keys = keys;
    this.value = new byte[size];
    this.putsPerTxn = Math.max(1, Math.min(PUTS_PER_TXN_MAX, TXN_BYTES / size));
    cluster.endpoints().forEach(endpoint -> channels.add(endpoint.channel().build()));
  }

  /** Returns once every member answers a write. */
  void awaitReady(Duration patience) throws IOException, InterruptedException {
    for (ManagedChannel channel : channels) {
      await(patience, () -> !kv(channel).put(pair(0)).getKv().getKey().isEmpty());
    }
  }

  /** Writes every key once; returns the seconds. */
  double fill() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Deque<ListenableFuture<TxnResponse>> open = new ArrayDeque<>();
    for (int key = 0; key < keys; key += putsPerTxn) {
      TxnRequest.Builder txn = TxnRequest.newBuilder();
      for (int i = key; i < Math.min(keys, key + putsPerTxn); i++) {
        txn.addSuccess(put(i));
      }
      send(open, txn.build());
    }
    drain(open, 0);
    return (System.nanoTime() - begun) / 1e9;
  }

  /** Overwrites keys at random for a while; returns how many. */
  long overwrite(Duration time) throws IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    long written = 0;
    Deque<ListenableFuture<TxnResponse>> open = new ArrayDeque<>();
    while (System.nanoTime() < end) {
      TxnRequest.Builder txn = TxnRequest.newBuilder();
      for (int i = 0; i < putsPerTxn; i++) {
        txn.addSuccess(put(random.nextInt(keys)));
      }
      send(open, txn.build());
      written += putsPerTxn;
    }
    drain(open, 0);
    return written;
  }

  private void send(Deque<ListenableFuture<TxnResponse>> open, TxnRequest txn)
      throws IOException, InterruptedException {
    drain(open, IN_FLIGHT - 1);
    open.add(
        KVGrpc.newFutureStub(channels.get(0)).withDeadlineAfter(60, TimeUnit.SECONDS).txn(txn));
  }

  private void drain(Deque<ListenableFuture<TxnResponse>> open, int left)
      throws IOException, InterruptedException {
    while (open.size() > left) {
      try {
        open.remove().get();
      } catch (ExecutionException e) {
        if (Status.fromThrowable(e).getCode() == Status.Code.UNAVAILABLE) {
          // Surely not done: the next one is tried a little later.
          refused++;
          Thread.sleep(POLL_MILLIS);
          continue;
        }
        throw new IOException("a transaction failed: " + e.getMessage(), e);
      }
    }
  }

  /** How many transactions were refused so far, for want of a quorum. */
  long refused() {
    return refused;
  }

  /**
   * A single write at the first sidecar; one that is refused or fails is tried until it is done.
   */
  void write() throws InterruptedException {
    while (true) {
      try {
        PutResponse unused = kv(channels.get(0)).put(pair(0));
        return;
      } catch (StatusRuntimeException notDone) {
        Thread.sleep(1);
      }
    }
  }

  /** The index of each sidecar's newest snapshot. */
  List<Long> snapshotIndexes() {
    return channels.stream().map(channel -> status(channel).getSnapshotIndex()).toList();
  }

  private static io.synod.v1.Status status(ManagedChannel channel) {
    return AdminGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .getStatus(GetStatusRequest.getDefaultInstance());
  }

  /** Has the first sidecar take a snapshot. */
  Taken snapshot() {
    long begun = System.nanoTime();
    TakeSnapshotResponse taken =
        AdminGrpc.newBlockingStub(channels.get(0))
            .withDeadlineAfter(5, TimeUnit.MINUTES)
            .takeSnapshot(TakeSnapshotRequest.getDefaultInstance());
    return new Taken(taken.getSizeBytes(), (System.nanoTime() - begun) / 1e9);
  }

  /**
   * Kills the last sidecar and starts it again; returns the seconds until it shows what the first
   * had applied when it was started.
   *
   * @param empty its data is removed before
   */
  double restart(boolean empty, Duration patience) throws IOException, InterruptedException {
    cluster.kill(LAST);
    if (empty) {
      Directories.delete(dir.resolve("node-" + (LAST + 1)));
    }
    long begun = System.nanoTime();
    cluster.restart(LAST);
    long wanted = status(channels.get(0)).getInfo().getAppliedIndex();
    await(
        patience,
        () ->
            kv(channels.get(LAST)).get(GetRequest.newBuilder().setKey(key(0)).build()).hasKv()
                && status(channels.get(LAST)).getInfo().getAppliedIndex() >= wanted);
    return (System.nanoTime() - begun) / 1e9;
  }

  /** What the first sidecar's heap holds after a collection. */
  long heapBytes() throws IOException, InterruptedException {
    String pid = Long.toString(cluster.processes().get(0).pid());
    return HeapProbe.liveBytes(pid);
  }

  private interface Question {
    boolean isTrue();
  }

  private static void await(Duration patience, Question question)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        if (question.isTrue()) {
          return;
        }
      } catch (StatusRuntimeException notYet) {
        if (notYet.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
          throw new IOException("the sidecars refuse this: " + notYet.getMessage(), notYet);
        }
        if (System.nanoTime() > end) {
          throw new IOException("the sidecars did not get ready: " + notYet.getMessage(), notYet);
        }
      }
      if (System.nanoTime() > end) {
        throw new IOException("the sidecars did not get ready in " + patience.toSeconds() + " s");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static KVGrpc.KVBlockingStub kv(ManagedChannel channel) {
    return KVGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  private PutRequest pair(int key) {
    return PutRequest.newBuilder().setKey(key(key)).setValue(value()).build();
  }

  private Op put(int key) {
    return Op.newBuilder().setPut(Op.PutOp.newBuilder().setKey(key(key)).setValue(value())).build();
  }

  private ByteString value() {
    random.nextBytes(value);
    return ByteString.copyFrom(value);
  }

  private static String key(int number) {
    return "bench/" + number;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}

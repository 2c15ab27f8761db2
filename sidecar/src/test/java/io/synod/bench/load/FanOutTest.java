package io.synod.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.synod.cli.shared.Endpoint;
import io.synod.v1.GetRequest;
import io.synod.v1.GetResponse;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests watchers and reads of the generator against a map in this process. */
@SuppressWarnings("NullAway.Init") // set before each test
final class FanOutTest {
  private final ProgressLine silent = ProgressLine.on(new PrintWriter(new StringWriter()));
  private final Keys keys = new Keys();
  private Server server;
  private Endpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(keys)
            .build()
            .start();
    endpoint = Endpoint.parse("127.0.0.1:" + server.getPort());
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private LoadGenerator loadGenerator() {
    return new LoadGenerator(BenchTarget.SYNOD, List.of(endpoint), 1, 1);
  }

  private static ClosedLoop load(BenchOperation operation, int watchers) {
    Duration none = Duration.ZERO;
    LoopWork work = new LoopWork(operation, 500, watchers);
    return new ClosedLoop(work, 4, 64, none, Duration.ofMillis(400), Duration.ofSeconds(5));
  }

  /** A map that sends every put to every watcher before it answers. */
  private static final class Keys extends KVGrpc.KVImplBase {
    final AtomicLong puts = new AtomicLong();
    final AtomicLong misses = new AtomicLong();
    final Set<String> written = ConcurrentHashMap.newKeySet();
    private final List<StreamObserver<KvWatchResponse>> watchers = new ArrayList<>();

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
      puts.incrementAndGet();
      written.add(request.getKey());
      KeyValue kv = KeyValue.newBuilder().setKey("k").setValue(request.getValue()).build();
      // The previous value must not be counted as delivered.
      KvWatchResponse.Change change =
          KvWatchResponse.Change.newBuilder().setKv(kv).setPrevious(kv).build();
      KvWatchResponse told =
          KvWatchResponse.newBuilder()
              .setChanges(KvWatchResponse.Changes.newBuilder().setIndex(1).addItems(change))
              .build();
      synchronized (watchers) {
        watchers.forEach(watcher -> watcher.onNext(told));
      }
      observer.onNext(PutResponse.getDefaultInstance());
      observer.onCompleted();
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
      if (!written.contains(request.getKey())) {
        misses.incrementAndGet();
      }
      observer.onNext(GetResponse.getDefaultInstance());
      observer.onCompleted();
    }

    @Override
    public void watch(KvWatchRequest request, StreamObserver<KvWatchResponse> observer) {
      ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> {});
      synchronized (watchers) {
        // The watcher gets every put after this message.
        observer.onNext(
            KvWatchResponse.newBuilder()
                .setStarted(KvWatchResponse.Started.getDefaultInstance())
                .build());
        watchers.add(observer);
      }
    }
  }

  @Test
  void countsWhatEachWatcherGetsAndHowLateItIs() throws InterruptedException {
    try (LoadGenerator loadGenerator = loadGenerator()) {
      Measurement result = loadGenerator.run(load(BenchOperation.WATCH, 3), silent);

      assertThat(result.errors()).isEmpty();
      // The last events and answers came after the measured time.
      assertThat(result.writesPerSecond() * result.seconds())
          .isBetween(keys.puts.get() - 8.0, (double) keys.puts.get());
      assertThat(result.operations()).isBetween(3 * (keys.puts.get() - 40), 3 * keys.puts.get());
      assertThat(result.millis(50)).isPositive().isLessThan(400);
    }
  }

  @Test
  void writesEveryKeyBeforeItReads() throws InterruptedException {
    try (LoadGenerator loadGenerator = loadGenerator()) {
      ClosedLoop closedLoop = load(BenchOperation.GET, 0);
      assertThat(loadGenerator.fill(closedLoop, silent).errors()).isEmpty();
      assertThat(keys.written).hasSize(500);
      assertThat(keys.puts.get()).isBetween(500L, 510L);

      Measurement result = loadGenerator.run(closedLoop, silent);

      assertThat(result.operations()).isPositive();
      assertThat(keys.misses.get()).isZero();
    }
  }

  @Test
  void saysThatAWatchFails() throws InterruptedException {
    server.shutdownNow();
    try (LoadGenerator loadGenerator = loadGenerator()) {
      Measurement result = loadGenerator.run(load(BenchOperation.WATCH, 2), silent);

      assertThat(result.operations()).isZero();
      assertThat(result.errors()).containsKey("UNAVAILABLE");
    }
  }
}

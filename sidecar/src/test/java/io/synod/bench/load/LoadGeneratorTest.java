package io.synod.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.synod.cli.shared.Endpoint;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
final class LoadGeneratorTest {
  private static final LoopWork PROPOSE = new LoopWork(BenchOperation.PROPOSE, 1000, 0);
  private final ProgressLine silent = ProgressLine.on(new PrintWriter(new StringWriter()));
  private final StalledLog stalled = new StalledLog();
  private Server server;
  private Endpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(stalled)
            .build()
            .start();
    endpoint = Endpoint.parse("127.0.0.1:" + server.getPort());
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private static ClosedLoop load(int inFlight, int warmupMillis, int millis) {
    return new ClosedLoop(
        PROPOSE,
        inFlight,
        100,
        Duration.ofMillis(warmupMillis),
        Duration.ofMillis(millis),
        Duration.ofSeconds(5));
  }

  private LoadGenerator loadGenerator() {
    return new LoadGenerator(BenchTarget.SYNOD, List.of(endpoint), 1, 1);
  }

  /**
   * A log that answers at once, except that it holds the first calls until {@code together} of them
   * wait.
   */
  private static final class StalledLog extends LogGrpc.LogImplBase {
    final AtomicInteger together = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicLong calls = new AtomicLong();
    final Set<ByteString> commands = ConcurrentHashMap.newKeySet();
    final AtomicBoolean refusing = new AtomicBoolean();
    private final List<StreamObserver<ProposeResponse>> waiting = new ArrayList<>();

    @Override
    public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
      calls.incrementAndGet();
      if (refusing.get()) {
        observer.onError(Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      commands.add(request.getCommand());
      most.accumulateAndGet(open.incrementAndGet(), Math::max);
      List<StreamObserver<ProposeResponse>> ready = new ArrayList<>();
      synchronized (waiting) {
        waiting.add(observer);
        if (waiting.size() >= together.get()) {
          together.set(0);
          ready.addAll(waiting);
          waiting.clear();
        }
      }
      for (StreamObserver<ProposeResponse> each : ready) {
        open.decrementAndGet();
        each.onNext(ProposeResponse.getDefaultInstance());
        each.onCompleted();
      }
    }
  }

  @Test
  void countsEachAnswerOnce() throws InterruptedException {
    try (LoadGenerator loadGenerator = loadGenerator()) {
      loadGenerator.probe(BenchOperation.PROPOSE, Duration.ofSeconds(5));
      long before = stalled.calls.get();

      Measurement result = loadGenerator.run(load(4, 0, 300), silent);

      assertThat(result.errors()).isEmpty();
      // The answers to the last calls came after the measured time.
      long calls = stalled.calls.get() - before;
      assertThat(result.operations()).isBetween(calls - 4, calls);
      assertThat(result.seconds()).isEqualTo(0.3);
      assertThat(result.millis(50)).isPositive().isLessThanOrEqualTo(result.maxMillis());
    }
  }

  @Test
  void keepsAsManyCallsUnderWayAsItIsTold() throws InterruptedException {
    try (LoadGenerator loadGenerator = loadGenerator()) {
      loadGenerator.probe(BenchOperation.PROPOSE, Duration.ofSeconds(5));
      long before = stalled.calls.get();
      stalled.together.set(16);
      // With fewer than 16 calls in flight, none would be answered.
      Measurement result = loadGenerator.run(load(16, 0, 500), silent);

      assertThat(result.errors()).isEmpty();
      assertThat(stalled.calls.get() - before).isGreaterThan(16);
      assertThat(stalled.most.get()).isEqualTo(16);
    }
  }

  @Test
  void countsNeitherTheWarmUpNorWhatComesTooLate() {
    Duration hour = Duration.ofHours(1);
    ClosedLoop closedLoop = new ClosedLoop(PROPOSE, 1, 100, hour, hour, hour);
    ScheduledExecutorService unused = Executors.newSingleThreadScheduledExecutor();
    LoopRun run = new LoopRun(BenchTarget.SYNOD, closedLoop, unused);
    long begun = System.nanoTime();
    long minute = Duration.ofMinutes(1).toNanos();

    for (int minutes = 0; minutes < 180; minutes += 10) {
      long now = begun + minutes * minute + minute;
      run.succeeded(now - 5_000_000, now);
      assertThat(run.over(now)).isEqualTo(minutes >= 120);
    }

    assertThat(run.answered()).isEqualTo(18);
    assertThat(run.measurement(CpuTime.NONE).operations()).isEqualTo(6);
    assertThat(run.measurement(CpuTime.NONE).millis(50)).isBetween(4.9, 5.1);
    unused.shutdownNow();
  }

  @Test
  void writesNoValueTwice() throws InterruptedException {
    try (LoadGenerator loadGenerator = loadGenerator()) {
      Measurement unused = loadGenerator.run(load(8, 0, 100), silent);

      assertThat(stalled.commands).hasSize((int) stalled.calls.get());
      assertThat(stalled.commands).allMatch(command -> command.size() == 100);
    }
  }

  @Test
  void countsErrorsByReasonAndDoesNotStorm() throws InterruptedException {
    try (LoadGenerator loadGenerator = loadGenerator()) {
      loadGenerator.probe(BenchOperation.PROPOSE, Duration.ofSeconds(5));
      stalled.refusing.set(true);

      Measurement result = loadGenerator.run(load(2, 0, 300), silent);

      assertThat(result.operations()).isZero();
      assertThat(result.errors()).containsOnlyKeys("OUTCOME_UNKNOWN");
      // There are two callers, a pause of 20 ms after each error, and 300 ms.
      assertThat(result.errorCount()).isBetween(2L, 40L);
      assertThat(result.errorText()).startsWith("OUTCOME_UNKNOWN ");
    }
  }

  @Test
  void endsThoughNobodyListensAnyMore() throws InterruptedException {
    try (LoadGenerator loadGenerator = loadGenerator()) {
      loadGenerator.probe(BenchOperation.PROPOSE, Duration.ofSeconds(5));
      assertThat(server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS)).isTrue();

      Measurement result = loadGenerator.run(load(50, 0, 200), silent);

      assertThat(result.operations()).isZero();
      assertThat(result.errorCount()).isGreaterThanOrEqualTo(50);
      assertThatThrownBy(() -> loadGenerator.probe(BenchOperation.PROPOSE, Duration.ofSeconds(5)))
          .isInstanceOf(StatusRuntimeException.class);
    }
  }
}

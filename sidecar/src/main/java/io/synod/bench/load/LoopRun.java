package io.synod.bench.load;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.synod.cli.shared.CallFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What the callers of one loop share. Any thread may call any method. */
final class LoopRun {
  private static final int DIGITS = 3;

  /** Of the callers of all runs, so that no value is written twice. */
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final BenchTarget subject;
  private final ClosedLoop closedLoop;
  private final ScheduledExecutorService later;
  private final byte[] value;

  /** How many requests there may be, numbered from 0; negative if the time decides. */
  private final long limit;

  private final AtomicLong issued = new AtomicLong();
  private volatile long beginNanos;
  private final CountDownLatch running;
  private final MethodDescriptor<byte[], byte[]> method;
  private final Histogram latencies = new ConcurrentHistogram(DIGITS);
  private final LongAdder writes = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

  /** A loop of so much time. */
  LoopRun(BenchTarget subject, ClosedLoop closedLoop, ScheduledExecutorService later) {
    this(subject, closedLoop, later, -1);
  }

  private LoopRun(
      BenchTarget subject, ClosedLoop closedLoop, ScheduledExecutorService later, long limit) {
    this.limit = limit;
    method = subject.method(closedLoop.work().operation());
    this.subject = subject;
    this.closedLoop = closedLoop;
    this.later = later;
    running = new CountDownLatch(closedLoop.inFlight());
    value = new byte[closedLoop.size()];
    new Random(closedLoop.size()).nextBytes(value);
    begin();
  }

  /** A loop that asks for every key once. */
  static LoopRun filling(
      BenchTarget subject, ClosedLoop closedLoop, ScheduledExecutorService later) {
    return new LoopRun(subject, closedLoop, later, closedLoop.work().keys());
  }

  /** The time runs from now on. */
  void begin() {
    beginNanos = System.nanoTime();
  }

  BenchTarget subject() {
    return subject;
  }

  ClosedLoop closedLoop() {
    return closedLoop;
  }

  MethodDescriptor<byte[], byte[]> method() {
    return method;
  }

  /** A request that no other equals; its value, if it is long enough, holds when it was made. */
  byte[] request() {
    long number = limit < 0 ? NUMBERS.incrementAndGet() : issued.getAndIncrement();
    byte[] mine = value.clone();
    if (mine.length >= 2 * Long.BYTES) {
      ByteBuffer.wrap(mine).order(LITTLE_ENDIAN).putLong(number).putLong(System.nanoTime());
    } else {
      for (int i = 0; i < Math.min(Long.BYTES, mine.length); i++) {
        mine[i] = (byte) (number >>> (8 * i));
      }
    }
    return subject.clientProtocol().request(closedLoop.work(), number, mine);
  }

  CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(
        closedLoop.timeout().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Counts an answer, if it came within the time that counts. */
  void succeeded(long begunNanos, long nowNanos) {
    answered.increment();
    if (!counts(nowNanos)) {
      return;
    }
    if (closedLoop.work().operation() == BenchOperation.WATCH) {
      writes.increment();
    } else {
      latencies.recordValue(nowNanos - begunNanos);
    }
  }

  /** Counts an event at one watcher, if it came within the time that counts. */
  void delivered(long sentNanos, long nowNanos) {
    if (counts(nowNanos)) {
      latencies.recordValue(Math.max(0, nowNanos - sentNanos));
    }
  }

  /** Counts an error; those before and after the time that counts are counted too. */
  void failed(CallFailure callFailure) {
    errors.computeIfAbsent(callFailure.reason(), r -> new LongAdder()).increment();
  }

  private boolean counts(long nowNanos) {
    return nowNanos - beginNanos >= closedLoop.warmup().toNanos() && !timeIsUp(nowNanos);
  }

  private boolean timeIsUp(long nowNanos) {
    return nowNanos - beginNanos >= lastsNanos();
  }

  private long lastsNanos() {
    return closedLoop.warmup().toNanos() + closedLoop.duration().toNanos();
  }

  boolean over(long nowNanos) {
    return timeIsUp(nowNanos) || (limit >= 0 && issued.get() >= limit);
  }

  ScheduledExecutorService later() {
    return later;
  }

  void callerEnded() {
    running.countDown();
  }

  boolean awaitEnd(long nanos) throws InterruptedException {
    return running.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** How long it is from now until the run has gone on for so long. */
  long nanosUntil(Duration elapsed) {
    return elapsed.toNanos() - (System.nanoTime() - beginNanos);
  }

  long answered() {
    return answered.sum();
  }

  long errorCount() {
    return errors.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Since the run began, and at most as long as it lasts. */
  double elapsedSeconds() {
    return Math.min(System.nanoTime() - beginNanos, lastsNanos()) / 1e9;
  }

  Measurement measurement(CpuTime cpu) {
    Map<String, Long> failed = new TreeMap<>();
    errors.forEach((reason, count) -> failed.put(reason, count.sum()));
    return new Measurement(
        subject,
        closedLoop,
        closedLoop.duration().toNanos() / 1e9,
        latencies.copy(),
        failed,
        writes.sum(),
        cpu);
  }
}

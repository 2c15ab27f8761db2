package io.synod.main.bench;

import io.grpc.CallOptions;
import io.synod.main.client.Failure;
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
final class Run {
  private static final int DIGITS = 3;

  /** Of the callers of all runs, so that no value is written twice. */
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final Subject subject;
  private final Load load;
  private final ScheduledExecutorService later;
  private final byte[] value;
  private final long beginNanos = System.nanoTime();
  private final long fromNanos;
  private final long untilNanos;
  private final CountDownLatch running;
  private final Histogram latencies = new ConcurrentHistogram(DIGITS);
  private final LongAdder answered = new LongAdder();
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

  Run(Subject subject, Load load, ScheduledExecutorService later) {
    this.subject = subject;
    this.load = load;
    this.later = later;
    fromNanos = beginNanos + load.warmup().toNanos();
    untilNanos = fromNanos + load.duration().toNanos();
    running = new CountDownLatch(load.inFlight());
    value = new byte[load.size()];
    new Random(load.size()).nextBytes(value);
  }

  Subject subject() {
    return subject;
  }

  Load load() {
    return load;
  }

  /** A request that no other equals. */
  byte[] request() {
    long number = NUMBERS.incrementAndGet();
    byte[] mine = value.clone();
    for (int i = 0; i < Math.min(Long.BYTES, mine.length); i++) {
      mine[i] = (byte) (number >>> (8 * i));
    }
    return subject.request(number, mine);
  }

  CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(load.timeout().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Counts an answer, if it came within the time that counts. */
  void succeeded(long begunNanos, long nowNanos) {
    answered.increment();
    if (counts(nowNanos)) {
      latencies.recordValue(nowNanos - begunNanos);
    }
  }

  /** Counts an error; those before and after the time that counts are counted too. */
  void failed(Failure failure) {
    errors.computeIfAbsent(failure.reason(), r -> new LongAdder()).increment();
  }

  private boolean counts(long nowNanos) {
    return nowNanos - fromNanos >= 0 && nowNanos - untilNanos < 0;
  }

  boolean over(long nowNanos) {
    return nowNanos - untilNanos >= 0;
  }

  ScheduledExecutorService later() {
    return later;
  }

  void callerEnded() {
    running.countDown();
  }

  boolean awaitEnd(long millis) throws InterruptedException {
    return running.await(millis, TimeUnit.MILLISECONDS);
  }

  long answered() {
    return answered.sum();
  }

  long errorCount() {
    return errors.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Since the run began, and at most as long as it lasts. */
  double elapsedSeconds() {
    return Math.min(System.nanoTime() - beginNanos, untilNanos - beginNanos) / 1e9;
  }

  Measurement measurement() {
    Map<String, Long> failed = new TreeMap<>();
    errors.forEach((reason, count) -> failed.put(reason, count.sum()));
    return new Measurement(
        subject, load, load.duration().toNanos() / 1e9, latencies.copy(), failed);
  }
}

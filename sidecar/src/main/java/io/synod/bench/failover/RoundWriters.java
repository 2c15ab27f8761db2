package io.synod.bench.failover;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.bench.load.BenchTarget;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Writers at the members that survive a fault, each with one write at a time.
 *
 * <p>The deadlines of their calls are random, so that some writer sends a new call every 20 ms even
 * where calls that were sent to the old leader are never answered.
 */
final class RoundWriters implements AutoCloseable {
  private static final int WRITERS_PER_MEMBER = 4;
  private static final int VALUE_BYTES = 256;
  private static final int DEADLINE_MILLIS_MIN = 100;
  private static final int DEADLINE_MILLIS_MAX = 200;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final BenchTarget subject;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  // Guarded by this, as are the two below.
  private final AckedWrites acked = new AckedWrites();
  private final Map<String, Long> failed = new TreeMap<>();
  private boolean ended;

  private RoundWriters(BenchTarget subject) {
    this.subject = subject;
  }

  /** Starts the writers. */
  static RoundWriters start(BenchTarget subject, List<Endpoint> members) {
    RoundWriters writers = new RoundWriters(subject);
    for (Endpoint member : members) {
      ManagedChannel channel = member.channel().build();
      writers.channels.add(channel);
      for (int i = 0; i < WRITERS_PER_MEMBER; i++) {
        int number = writers.threads.size();
        Thread thread =
            new Thread(() -> writers.write(member, channel, number), "bench-writer-" + number);
        thread.setDaemon(true);
        writers.threads.add(thread);
      }
    }
    writers.threads.forEach(Thread::start);
    return writers;
  }

  private void write(Endpoint member, ManagedChannel channel, int number) {
    byte[] value = new byte[VALUE_BYTES];
    while (!hasEnded()) {
      long sent = System.nanoTime();
      try {
        subject.put(channel, number, value, deadline());
        add(sent);
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (StatusRuntimeException failure) {
        add(CallFailure.of(failure, member.text(), true).reason());
        // Otherwise gRPC itself waits before it connects again.
        channel.resetConnectBackoff();
        LockSupport.parkNanos(sent + RETRY_NANOS - System.nanoTime());
      }
    }
  }

  private static Duration deadline() {
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextInt(DEADLINE_MILLIS_MIN, DEADLINE_MILLIS_MAX + 1));
  }

  private synchronized void add(long sent) {
    acked.add(sent, System.nanoTime());
    notifyAll();
  }

  private synchronized void add(String reason) {
    failed.merge(reason, 1L, Long::sum);
  }

  private synchronized boolean hasEnded() {
    return ended;
  }

  /**
   * Waits until a write that was sent at this time or later is acknowledged.
   *
   * @return when the first such write was acknowledged; empty if none was in time
   */
  synchronized OptionalLong awaitAckOfSentSince(long nanos, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    OptionalLong first = acked.firstAckOfSentSince(nanos);
    for (long left = end - System.nanoTime();
        first.isEmpty() && left > 0;
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      first = acked.firstAckOfSentSince(nanos);
    }
    return first;
  }

  /** The longest time without an acknowledgement, from the last one before a fault until now. */
  synchronized Duration longestGap(long fault) {
    return Duration.ofNanos(acked.longestGap(fault, System.nanoTime()));
  }

  /** The calls that failed so far, by Synod's reason, or by gRPC's status code. */
  synchronized Map<String, Long> failedCalls() {
    return Map.copyOf(failed);
  }

  /** Ends the writers. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
    }
    channels.forEach(ManagedChannel::shutdownNow);
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

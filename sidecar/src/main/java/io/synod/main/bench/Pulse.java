package io.synod.main.bench;

import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicLong;

/** One write after another, for as long as it is open; and the longest that one took. */
final class Pulse implements AutoCloseable {
  private final AtomicLong longestNanos = new AtomicLong();
  private final Runnable write;
  private final Thread thread = new Thread(this::run, "synod-pulse");
  private volatile boolean closed;

  Pulse(Runnable write) {
    this.write = write;
    thread.setDaemon(true);
    thread.start();
  }

  /** The longest since this was asked last, in milliseconds. */
  double longestMillis() {
    return longestNanos.getAndSet(0) / 1e6;
  }

  private void run() {
    while (!closed) {
      long begun = System.nanoTime();
      try {
        write.run();
      } catch (StatusRuntimeException refused) {
        // It shows as a wait: the next one begins now.
      }
      longestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
    }
  }

  /** The write under way is the last. */
  @Override
  public void close() {
    closed = true;
  }
}

package io.synod.runtime.port;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Warns at most every ten seconds: what a stranger sends must not fill the log. */
public final class RateLimitedLog {
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PERIOD_NANOS);
  private final AtomicLong unsaid = new AtomicLong();

  /** Warns there. */
  public RateLimitedLog(Logger log) {
    this.log = log;
  }

  /** {@code format} has one place for {@code what}. */
  public void warn(String format, @Nullable Object what) {
    long now = System.nanoTime();
    long last = lastNanos.get();
    if (now - last >= PERIOD_NANOS && lastNanos.compareAndSet(last, now)) {
      long others = unsaid.getAndSet(0);
      log.warn(others == 0 ? format : format + " (and " + others + " before it, unsaid)", what);
    } else {
      unsaid.incrementAndGet();
    }
  }
}

package io.synod.runtime.port;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Logs a warning at most every ten seconds, so that messages from outside cannot fill the log. */
public final class RateLimitedLog {
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PERIOD_NANOS);
  private final AtomicLong suppressed = new AtomicLong();

  /** Logs to this logger. */
  public RateLimitedLog(Logger log) {
    this.log = log;
  }

  /** Logs {@code format}, which has one placeholder for {@code what}. */
  public void warn(String format, @Nullable Object what) {
    long now = System.nanoTime();
    long last = lastNanos.get();
    if (now - last >= PERIOD_NANOS && lastNanos.compareAndSet(last, now)) {
      long others = suppressed.getAndSet(0);
      log.warn(others == 0 ? format : format + " (and " + others + " more before it)", what);
    } else {
      suppressed.incrementAndGet();
    }
  }
}

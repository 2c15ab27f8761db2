package io.synod.metrics;

import io.synod.runtime.port.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test advances. */
public final class HandClock implements Clock {
  private final AtomicLong nanos = new AtomicLong(1_000_000_000L);

  public void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public long wallMillis() {
    return nanos.get() / 1_000_000;
  }
}

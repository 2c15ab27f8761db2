package io.synod.main;

import io.synod.runtime.port.Clock;

/** The clocks of the machine. */
record SystemClock() implements Clock {

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}

package io.synod.runtime.port;

/** The port to the clocks. Any thread may call it. */
public interface Clock {

  /** The monotonic clock in nanoseconds. Every time-out is counted on it. */
  long nanos();

  /**
   * The wall clock in milliseconds since the epoch; it is shown to people and influences log time.
   */
  long wallMillis();
}

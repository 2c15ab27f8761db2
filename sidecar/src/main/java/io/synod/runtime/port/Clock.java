package io.synod.runtime.port;

/** The port to time. Any thread may call it. */
public interface Clock {

  /** Nanoseconds that never run back. Every time-out is counted on these. */
  long nanos();

  /** Milliseconds since the epoch, by the wall clock; shown to people and stamped on log time. */
  long wallMillis();
}

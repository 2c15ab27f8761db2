package io.synod.sim.cluster;

import io.synod.sim.check.core.Checkers;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultProfile;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The shared parts of one run: its time, its profile, whether faults may still happen, and its
 * observers.
 */
public class Environment {
  private final EventQueue eventQueue;
  private final FaultProfile profile;
  private final Observers observers;
  private @Nullable HostClock turning;
  private boolean calm;
  private long calmSince;

  Environment(EventQueue eventQueue, FaultProfile profile, Observers observers) {
    this.eventQueue = eventQueue;
    this.profile = profile;
    this.observers = observers;
  }

  public final FaultProfile profile() {
    return profile;
  }

  public final EventQueue eventQueue() {
    return eventQueue;
  }

  public final long now() {
    return eventQueue.now();
  }

  /** The simulated time, including the time spent so far in the current turn. */
  public final long trueNow() {
    HostClock busy = turning;
    return eventQueue.now() + (busy == null ? 0 : busy.spent());
  }

  /** Sets the clock of the host whose process is in a turn; null if there is none. */
  final void turning(@Nullable HostClock clock) {
    turning = clock;
  }

  /** Ends the phase of faults. */
  public final void calm() {
    calm = true;
    calmSince = now();
  }

  public final boolean isCalm() {
    return calm;
  }

  /** The time at which faults ended; 0 before. */
  final long calmSince() {
    return calmSince;
  }

  public final Checkers checkers() {
    return observers.checkers();
  }

  final Coverage coverage() {
    return observers.coverage();
  }

  public final void mark(CoverageMark mark) {
    observers.mark(mark);
  }

  /** Adds an event at the current time to the digest of the trace. */
  public final void count(long what) {
    observers.event(now(), what);
  }

  public final void trace(Supplier<String> line) {
    observers.trace(now(), line);
  }
}

package io.synod.sim.cluster;

import io.synod.sim.check.core.Checkers;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultProfile;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of one run share: its time, its profile, whether faults still happen, and what
 * observes it.
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

  /** Now, and within a turn as far into it as it is. */
  public final long trueNow() {
    HostClock busy = turning;
    return eventQueue.now() + (busy == null ? 0 : busy.spent());
  }

  /** The turn of a process has begun on the host with this clock; null if none is under way. */
  final void turning(@Nullable HostClock clock) {
    turning = clock;
  }

  /** No fault happens from now on. */
  public final void calm() {
    calm = true;
    calmSince = now();
  }

  public final boolean isCalm() {
    return calm;
  }

  /** When everything stopped to go wrong; 0 before. */
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

  /** Adds to the digest of the trace what happens now. */
  public final void count(long what) {
    observers.event(now(), what);
  }

  public final void tell(Supplier<String> line) {
    observers.tell(now(), line);
  }
}

package io.synod.sim;

import io.synod.sim.CoverageMarks.Mark;
import io.synod.sim.check.Checkers;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of one run share: its time, its profile, whether faults still happen, and what
 * observes it.
 */
class Environment {
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

  final FaultProfile profile() {
    return profile;
  }

  final EventQueue eventQueue() {
    return eventQueue;
  }

  final long now() {
    return eventQueue.now();
  }

  /** Now, and within a turn as far into it as it is. */
  final long trueNow() {
    HostClock busy = turning;
    return eventQueue.now() + (busy == null ? 0 : busy.spent());
  }

  /** The turn of a process has begun on the host with this clock; null if none is under way. */
  final void turning(@Nullable HostClock clock) {
    turning = clock;
  }

  /** No fault happens from now on. */
  final void calm() {
    calm = true;
    calmSince = now();
  }

  final boolean isCalm() {
    return calm;
  }

  /** When everything stopped to go wrong; 0 before. */
  final long calmSince() {
    return calmSince;
  }

  final Checkers checkers() {
    return observers.checkers();
  }

  final Coverage coverage() {
    return observers.coverage();
  }

  final void mark(Mark mark) {
    observers.mark(mark);
  }

  /** Adds to the digest of the trace what happens now. */
  final void count(long what) {
    observers.event(now(), what);
  }

  final void tell(Supplier<String> line) {
    observers.tell(now(), line);
  }
}

package io.synod.runtime.snapshot;

import io.synod.runtime.port.Clock;

/**
 * Determines when the next snapshot is due, by the applied bytes, and when the log is trimmed
 * without one. The loop's thread owns it.
 */
final class SnapshotSchedule {
  private static final long PAUSE_NANOS = 1_000_000_000L;
  private static final long PAUSE_MAX_NANOS = 30_000_000_000L;

  private final Clock clock;
  private final long everyBytes;
  private long bytesAtLast;
  private long failedAtNanos;
  // The pause after a failure; 0 if none occurred since the last snapshot.
  private long pauseNanos;
  private boolean damaged;
  private long trimmedAtNanos;

  /** A snapshot is due once {@code everyBytes} were applied. */
  SnapshotSchedule(Clock clock, long everyBytes) {
    this.clock = clock;
    this.everyBytes = everyBytes;
    this.trimmedAtNanos = clock.nanos();
  }

  /** Whether enough was applied since the last one, and the pause after a failure is over. */
  boolean isDue(long appliedBytes) {
    return (damaged || appliedBytes - bytesAtLast >= everyBytes) && isPauseOver();
  }

  /** Whether another is due because the last one is damaged, and the pause is over. */
  boolean isRenewalDue() {
    return damaged && isPauseOver();
  }

  /** Whether the log may be trimmed without a snapshot now; the next time is a pause later. */
  boolean isTrimDue() {
    long nowNanos = clock.nanos();
    boolean due = nowNanos - trimmedAtNanos >= PAUSE_NANOS;
    trimmedAtNanos = due ? nowNanos : trimmedAtNanos;
    return due;
  }

  private boolean isPauseOver() {
    return pauseNanos == 0 || clock.nanos() - failedAtNanos >= pauseNanos;
  }

  /** The last one cannot be read any more. */
  void damaged() {
    damaged = true;
  }

  boolean isDamaged() {
    return damaged;
  }

  /** There is a snapshot of the state after this many applied bytes. */
  void taken(long appliedBytes) {
    // One that was installed meanwhile may be newer.
    bytesAtLast = Math.max(bytesAtLast, appliedBytes);
    pauseNanos = 0;
    damaged = false;
  }

  /** It stays due, since a node with a full disk applies nothing more; the pauses grow. */
  void failed() {
    failedAtNanos = clock.nanos();
    pauseNanos = pauseNanos == 0 ? PAUSE_NANOS : Math.min(2 * pauseNanos, PAUSE_MAX_NANOS);
  }
}

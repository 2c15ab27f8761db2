package io.synod.sim.run;

/** What can go wrong in a world. Each seed draws a subset. */
public enum FaultKind {
  /** Messages vanish. */
  LOSS,
  /** Messages take long, and so overtake each other. */
  DELAY,
  /** Messages arrive twice. */
  DUPLICATION,
  /** A stream that was given up still delivers, seconds later. */
  STALE_STREAM,
  /** The nodes fall into two parts. */
  PARTITION,
  /** Some pairs cannot talk, others can. */
  PARTIAL,
  /** Some links carry one way only. */
  ONE_WAY,
  /** A cut comes and goes quickly. */
  FLAPPING,
  /** A process ends between two cycles. */
  CRASH,
  /** A process ends in the middle of a cycle, at any effect. */
  CRASH_AT_EFFECT,
  /** The whole cluster loses power at once. */
  BLACKOUT,
  /** What was not synced is lost, kept or torn when a process ends. */
  TEARING,
  /** A sync fails. */
  SYNC_ERROR,
  /** A write fails. */
  WRITE_ERROR,
  /** The disk is full. */
  DISK_FULL,
  /** Syncs take long. */
  SLOW_DISK,
  /** Bits of what was synced change while the process is down. */
  BIT_ROT,
  /** A read fails, or gives zeroes or what is elsewhere in the file. */
  MISDIRECTED_READ,
  /** A disk is lost. */
  WIPE,
  /** A process stands still, and goes on. */
  PAUSE,
  /** Clocks run at different speeds. */
  DRIFT,
  /** A wall clock is set, ahead or back. */
  CLOCK_STEP,
  /** The operator asks the leader to hand over. */
  HAND_OVER,
  /** A leader of five is deposed, and neither it nor one that follows it hears of that. */
  COUP,
  /** Bits of a stored snapshot, or of what a consumer handed over, change or do not read back. */
  STREAM_ROT,
  /** A page of a snapshot is another than it was read, and no checksum on its way tells. */
  ALTERED_PAGE,
  /** One voter tells its peers a digest that is not that of its state. */
  WRONG_DIGEST,
  /** What a process does beside its loop comes late. */
  SLOW_BACKGROUND,
  /** A wall clock stands still, for a while or for good. */
  CLOCK_FREEZE
}

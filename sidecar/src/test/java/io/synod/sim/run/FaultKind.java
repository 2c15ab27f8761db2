package io.synod.sim.run;

/** A kind of fault. Each seed draws a subset of them. */
public enum FaultKind {
  /** Messages are lost. */
  LOSS,
  /** Messages are delayed, and so are reordered. */
  DELAY,
  /** Messages are delivered twice. */
  DUPLICATION,
  /** Messages of a stream that was given up are delivered seconds later. */
  STALE_STREAM,
  /** The nodes are split into two parts. */
  PARTITION,
  /** The links between some pairs are cut. */
  PARTIAL,
  /** Some links carry in one direction only. */
  ONE_WAY,
  /** Links are cut and healed in quick succession. */
  FLAPPING,
  /** A process is killed between two turns. */
  CRASH,
  /** A process crashes within a turn, at any effect. */
  CRASH_AT_EFFECT,
  /** The whole cluster loses power at once. */
  BLACKOUT,
  /** Unsynced sectors are kept or lost one by one when a host loses power. */
  TEARING,
  /** A sync fails. */
  SYNC_ERROR,
  /** A write fails. */
  WRITE_ERROR,
  /** The disk is full. */
  DISK_FULL,
  /** Syncs are slow. */
  SLOW_DISK,
  /** Bits of synced data change while the process is down. */
  BIT_ROT,
  /** A read fails, or returns zeroes or another place of the file. */
  MISDIRECTED_READ,
  /** A disk is lost. */
  WIPE,
  /** A process is paused for a while. */
  PAUSE,
  /** Clocks run at different speeds. */
  DRIFT,
  /** A wall clock is set ahead or back. */
  CLOCK_STEP,
  /** An operator requests a hand-over of leadership. */
  HAND_OVER,
  /**
   * A leader of at least five voters is deposed; neither the leader nor one of its followers learns
   * it.
   */
  DEPOSITION,
  /** Bits of a stored snapshot change, or it does not read back as it was written. */
  STREAM_ROT,
  /** A page of a snapshot is altered in transit, without a checksum that shows it. */
  ALTERED_PAGE,
  /** One voter reports a wrong digest of its state to its peers. */
  WRONG_DIGEST,
  /** A bit of the applied state of a running process changes. */
  ALTERED_STATE,
  /** Tasks beside the loop of a process are late. */
  SLOW_BACKGROUND,
  /** A wall clock stands still, for a while or for good. */
  CLOCK_FREEZE,
  /** A node is told that the process of a peer ended, while that process runs. */
  FALSE_REFUSAL,
  /** A process is replaced by one of a version that supports a higher level. */
  UPGRADE
}

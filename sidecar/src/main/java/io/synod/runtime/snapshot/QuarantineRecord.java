package io.synod.runtime.snapshot;

import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import java.util.concurrent.RejectedExecutionException;

/**
 * The record on the disk that the state here is wrong. It is written and removed in the background;
 * if that fails, for example on a full disk, it is tried again once a second.
 *
 * <p>The loop's thread calls it.
 */
final class QuarantineRecord {
  private static final long AGAIN_NANOS = 1_000_000_000;

  private final NodePorts ports;
  private final SnapshotFetch.Background background;
  private volatile boolean running;
  private boolean due;
  private long tryAtNanos = Long.MIN_VALUE;

  QuarantineRecord(NodePorts ports, SnapshotFetch.Background background) {
    this.ports = ports;
    this.background = background;
  }

  /**
   * The disk is to record whether the state here is wrong.
   *
   * @return whether it does
   */
  boolean turn(long nowNanos, boolean wrong) {
    if (ports.journal().isDistrusted() != wrong && !running && nowNanos >= tryAtNanos) {
      tryAtNanos = nowNanos + AGAIN_NANOS;
      begin(wrong);
    }
    due = ports.journal().isDistrusted() != wrong;
    if (!due) {
      tryAtNanos = Long.MIN_VALUE;
    }
    return !due;
  }

  private void begin(boolean wrong) {
    running = true;
    try {
      background.executor().execute(() -> write(wrong));
    } catch (RejectedExecutionException closing) {
      running = false;
    }
  }

  private void write(boolean wrong) {
    try {
      ports.journal().distrust(wrong);
    } catch (JournalException e) {
      ports.observer().observe(new Observation.SnapshotFailed(String.valueOf(e.getMessage())));
    } finally {
      running = false;
      background.wake().run();
    }
  }

  /** When {@link #turn} has something to do even if nothing arrives. */
  long nextNanos() {
    return due && !running ? tryAtNanos : Long.MAX_VALUE;
  }
}

package io.synod.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** One beat after another, for as long as it is open; and how long each took. */
final class StallProbe implements AutoCloseable {
  private final Queue<Beat> beats = new ConcurrentLinkedQueue<>();
  private final long restMillis;
  private final Action action;
  private final Thread thread;
  // The one under way, as long as there is one.
  private volatile @Nullable Beat open;
  private volatile @Nullable Exception fault;
  private volatile boolean closed;

  /** What a beat does. */
  interface Action {
    void run() throws IOException, InterruptedException;
  }

  /** One of them, in nanoseconds of this process's clock. */
  record Beat(long begun, long ended) {
    double millis() {
      return (ended - begun) / 1e6;
    }

    boolean touches(Beat other) {
      return begun - other.ended < 0 && other.begun - ended < 0;
    }
  }

  /**
   * Starts it.
   *
   * @param name what beats, for the name of its thread
   * @param restMillis how long it rests after each
   */
  StallProbe(String name, long restMillis, Action action) {
    this.restMillis = restMillis;
    this.action = action;
    this.thread = new Thread(this::run, "synod-pulse-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Those that ended since this was asked last, and the one under way as long as it took so far.
   */
  List<Beat> take() throws IOException {
    Exception ended = fault;
    if (ended != null) {
      throw new IOException(thread.getName() + " stopped: " + ended.getMessage(), ended);
    }
    // First: one that ends meanwhile is reported twice, not left out.
    Beat still = open;
    List<Beat> taken = new ArrayList<>();
    for (Beat beat = beats.poll(); beat != null; beat = beats.poll()) {
      taken.add(beat);
    }
    if (still != null) {
      taken.add(new Beat(still.begun, System.nanoTime()));
    }
    return taken;
  }

  private void run() {
    try {
      while (!closed) {
        long begun = System.nanoTime();
        open = new Beat(begun, begun);
        action.run();
        beats.add(new Beat(begun, System.nanoTime()));
        open = null;
        Thread.sleep(restMillis);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      fault = e;
    }
  }

  /** The beat under way is broken off. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}

package io.synod.runtime.engine;

import io.synod.paxos.value.Input;
import io.synod.runtime.port.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Turns the cycle on one thread, whenever its inbox wakes it. The thread is never interrupted,
 * since an interrupt would close the files that it writes.
 *
 * <p>If a turn throws, the loop stops and passes the reason to a consumer, once: the process must
 * then stop, since the content of its disk is unknown.
 */
public final class Loop implements AutoCloseable {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Inbox inbox;
  private final Clock clock;
  private final Consumer<Throwable> failure;
  private final Thread thread;
  private volatile boolean closing;
  private volatile long lastTurnNanos;
  private volatile Cycle cycle;

  /**
   * Creates a loop that is not started yet.
   *
   * @param failure receives, on the loop's thread, the reason for which the loop stopped
   */
  Loop(Cycle cycle, Inbox inbox, Clock clock, Consumer<Throwable> failure) {
    this.cycle = cycle;
    this.inbox = inbox;
    this.clock = clock;
    this.failure = failure;
    this.lastTurnNanos = clock.nanos();
    this.thread = new Thread(this::run, "synod-loop");
    inbox.readBy(thread);
  }

  /** Starts to turn. */
  public void start() {
    thread.start();
  }

  /** When the last turn began or ended; its age shows how long a turn has been stuck. */
  public long lastTurnNanos() {
    return lastTurnNanos;
  }

  /** Stops turning, after the current turn. */
  @Override
  public void close() {
    closing = true;
    inbox.close();
    if (thread.isAlive() && Thread.currentThread() != thread) {
      boolean interrupted = false;
      while (true) {
        try {
          stopped.await();
          break;
        } catch (InterruptedException ignored) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      while (!closing) {
        turn();
      }
      cycle.close();
    } catch (Throwable thrown) {
      closing = true;
      inbox.close();
      failure.accept(thrown);
    } finally {
      stopped.countDown();
    }
  }

  private void turn() {
    List<Input> inputs = inbox.take();
    lastTurnNanos = clock.nanos();
    long wakeAtNanos = cycle.turn(inputs);
    lastTurnNanos = clock.nanos();
    while (!closing && inbox.isQuiet()) {
      long left = wakeAtNanos - clock.nanos();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }
}

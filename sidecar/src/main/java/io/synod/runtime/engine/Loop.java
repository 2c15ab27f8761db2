package io.synod.runtime.engine;

import io.synod.paxos.value.Input;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Mailbox;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Turns the cycle on one thread. {@link #offer} and {@link #wake} may be called from any thread.
 * The thread is never interrupted, for an interrupt would close the files it writes.
 *
 * <p>If a turn throws, the loop turns no more and says why to the given consumer, once: the process
 * must then stop, since what is on its disk is not known any more.
 */
public final class Loop implements Mailbox, AutoCloseable {
  /** So many inputs share one sync at most, lest messages wait behind a flood. */
  private static final int TURN_INPUTS_MAX = 4_096;

  private final ConcurrentLinkedQueue<Input> mailbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final CallerLimits callerLimits;
  private final Clock clock;
  private final Consumer<Throwable> failure;
  private final Thread thread;
  private volatile boolean closing;
  private volatile long lastTurnNanos;
  private volatile Cycle cycle;

  /**
   * A loop that does not turn yet.
   *
   * @param failure told, on the loop's thread, why the loop cannot turn any more
   */
  Loop(Cycle cycle, Clock clock, CallerLimits callerLimits, Consumer<Throwable> failure) {
    this.cycle = cycle;
    this.clock = clock;
    this.callerLimits = callerLimits;
    this.failure = failure;
    this.lastTurnNanos = clock.nanos();
    this.thread = new Thread(this::run, "synod-loop");
  }

  /** Begins to turn. */
  public void start() {
    thread.start();
  }

  @Override
  public boolean offer(Input input) {
    if (closing) {
      return false;
    }
    if (waiting.get() >= callerLimits.mailboxMax() || !reserve(bytes(input))) {
      dropped.incrementAndGet();
      return false;
    }
    mailbox.add(input);
    waiting.incrementAndGet();
    wake();
    return true;
  }

  /** Makes room for so many bytes. What holds none always fits, and alone everything does. */
  private boolean reserve(long bytes) {
    if (bytes == 0) {
      return true;
    }
    long after = waitingBytes.addAndGet(bytes);
    if (after > callerLimits.mailboxBytesMax() && after != bytes) {
      waitingBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  private static long bytes(Input input) {
    return input instanceof Input.Received received ? received.message().payloadBytes() : 0;
  }

  @Override
  public void wake() {
    if (awake.compareAndSet(false, true)) {
      LockSupport.unpark(thread);
    }
  }

  /** How many inputs wait. */
  public int depth() {
    return waiting.get();
  }

  /** What the messages among them hold, in bytes. */
  public long depthBytes() {
    return waitingBytes.get();
  }

  /** How many inputs found no room, which are messages of peers as a rule. */
  public long dropped() {
    return dropped.get();
  }

  /** When the last turn began or ended; the age of this is how long a turn has been stuck. */
  public long lastTurnNanos() {
    return lastTurnNanos;
  }

  /** Stops turning, after the turn under way. */
  @Override
  public void close() {
    closing = true;
    wake();
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
      failure.accept(thrown);
    } finally {
      stopped.countDown();
    }
  }

  private void turn() {
    awake.set(false);
    List<Input> inputs = new ArrayList<>();
    Input next = mailbox.poll();
    long bytes = 0;
    while (next != null) {
      inputs.add(next);
      bytes += bytes(next);
      next = inputs.size() < TURN_INPUTS_MAX ? mailbox.poll() : null;
    }
    waiting.addAndGet(-inputs.size());
    waitingBytes.addAndGet(-bytes);
    lastTurnNanos = clock.nanos();
    long wakeAtNanos = cycle.turn(inputs);
    lastTurnNanos = clock.nanos();
    while (!closing && !awake.get() && mailbox.isEmpty()) {
      long left = wakeAtNanos - clock.nanos();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }
}

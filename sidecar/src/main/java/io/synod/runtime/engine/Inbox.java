package io.synod.runtime.engine;

import io.synod.paxos.value.Input;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.Mailbox;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox of a node: inputs for the next turn, bounded in number and in bytes. It is built
 * before all other parts of a node. Any thread may call any method but {@link #take}, {@link
 * #isQuiet} and {@link #readBy}, which are the loop's.
 */
public final class Inbox implements Mailbox {
  /** A bound of the inputs that share one sync, so that messages do not wait behind a flood. */
  private static final int TURN_INPUTS_MAX = 4_096;

  private final CallerLimits callerLimits;
  private final ConcurrentLinkedQueue<Input> inputs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicBoolean wokenUp = new AtomicBoolean();
  private volatile @Nullable Thread reader;
  private volatile boolean closed;

  /** Creates an empty one. */
  public Inbox(CallerLimits callerLimits) {
    this.callerLimits = callerLimits;
  }

  @Override
  public boolean offer(Input input) {
    if (closed) {
      return false;
    }
    if (waiting.get() >= callerLimits.mailboxMax() || !reserve(bytes(input))) {
      dropped.incrementAndGet();
      return false;
    }
    inputs.add(input);
    waiting.incrementAndGet();
    wake();
    return true;
  }

  /**
   * Reserves space for these bytes. An input without bytes always fits, and one of any size fits
   * into an empty inbox.
   */
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
    if (wokenUp.compareAndSet(false, true)) {
      LockSupport.unpark(reader);
    }
  }

  /** How many inputs wait. */
  public int depth() {
    return waiting.get();
  }

  /** The bytes of the messages among them. */
  public long depthBytes() {
    return waitingBytes.get();
  }

  /**
   * How many inputs were dropped because the inbox was full; normally these are messages of peers.
   */
  public long dropped() {
    return dropped.get();
  }

  /** This thread is woken from now on. */
  void readBy(Thread thread) {
    reader = thread;
  }

  /** Refuses everything from now on, and wakes the reader. */
  void close() {
    closed = true;
    wake();
  }

  /** The inputs for a turn that begins now, up to a bound. */
  List<Input> take() {
    wokenUp.set(false);
    List<Input> taken = new ArrayList<>();
    Input next = inputs.poll();
    long bytes = 0;
    while (next != null) {
      taken.add(next);
      bytes += bytes(next);
      next = taken.size() < TURN_INPUTS_MAX ? inputs.poll() : null;
    }
    waiting.addAndGet(-taken.size());
    waitingBytes.addAndGet(-bytes);
    return taken;
  }

  /** Whether no input came since {@link #take}, which left none. */
  boolean isQuiet() {
    return !wokenUp.get() && inputs.isEmpty();
  }
}

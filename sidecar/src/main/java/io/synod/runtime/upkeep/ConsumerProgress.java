package io.synod.runtime.upkeep;

import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.propose.SessionProposer;
import io.synod.state.command.DigestSamples;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements of consumers' copies at this node. For each consumer at most one command is
 * in flight, and a few a second: later acknowledgements wait for the next command, which carries
 * the highest index and answers all. It carries a sample of their digests, so that copies that
 * report at different times can be compared. Any thread may call any method but {@link #turn},
 * which is the loop's.
 */
public final class ConsumerProgress {
  /** The minimum time between two commands of a consumer. */
  private static final long GAP_NANOS = 200_000_000;

  /**
   * The maximum number of consumers at once: each has its own command, and other background tasks
   * need the budget too.
   */
  static final int LINES_MAX = 1_000;

  private static final long RETRY_AFTER_MILLIS = 100;

  private final SessionProposer own;
  private final int waitersMax;
  private final Map<String, ConsumerQueue> queues = new TreeMap<>();
  // In all queues, waiting or in flight.
  private int waiters;
  private @Nullable Availability stopped;

  private static final class ConsumerQueue {
    private final String consumer;
    // The callers that wait for the next command, and those of the one in flight.
    private List<Waiter> waiting = new ArrayList<>();
    private List<Waiter> riding = List.of();
    private long index;
    private DigestSamples digests = DigestSamples.NONE;
    private boolean pending;
    private boolean underWay;
    private long sentAtNanos = Long.MIN_VALUE / 2;

    private ConsumerQueue(String consumer) {
      this.consumer = consumer;
    }

    private void take(Waiter waiter, SystemCommands.Acknowledge acknowledgement) {
      waiting.add(waiter);
      index = pending ? Math.max(index, acknowledgement.index()) : acknowledgement.index();
      pending = true;
      digests = digests.with(acknowledgement.digests());
    }

    private boolean mayPropose(long nowNanos) {
      return !underWay && nowNanos - sentAtNanos >= GAP_NANOS;
    }
  }

  private record Waiter(long deadlineNanos, CompletableFuture<Outcome> future) {}

  /** Creates it for this many callers at once; others are refused. */
  ConsumerProgress(SessionProposer own, int waitersMax) {
    this.own = own;
    this.waitersMax = waitersMax;
  }

  /** How many wait, counted one by one. */
  public synchronized int held() {
    int held = 0;
    for (ConsumerQueue queue : queues.values()) {
      held += queue.waiting.size() + queue.riding.size();
    }
    return held;
  }

  /**
   * Adds an acknowledgement of a copy.
   *
   * @param appliedIndex the last applied index here: no copy can have applied more
   */
  public CompletableFuture<Outcome> add(
      SystemCommands.Acknowledge acknowledgement, long deadlineNanos, long appliedIndex) {
    if (acknowledgement.index() > appliedIndex) {
      return CompletableFuture.completedFuture(new Outcome.WithoutEffect(new Result.Malformed()));
    }
    Waiter waiter = new Waiter(deadlineNanos, new CompletableFuture<>());
    synchronized (this) {
      if (stopped != null) {
        return CompletableFuture.completedFuture(new Outcome.Unavailable(stopped));
      }
      boolean crowded =
          queues.size() >= LINES_MAX && !queues.containsKey(acknowledgement.consumer());
      if (crowded || waiters >= waitersMax) {
        return CompletableFuture.completedFuture(new Outcome.Overloaded(RETRY_AFTER_MILLIS));
      }
      waiters++;
      queues
          .computeIfAbsent(acknowledgement.consumer(), ConsumerQueue::new)
          .take(waiter, acknowledgement);
    }
    own.wake();
    return waiter.future;
  }

  /** Fails the callers whose deadline has passed, while nothing can be proposed. */
  void expire(long nowNanos) {
    List<Runnable> completions = new ArrayList<>();
    synchronized (this) {
      queues.values().forEach(queue -> expire(queue, nowNanos, completions));
    }
    own.publish(completions);
  }

  /**
   * The node stops: fails the callers that wait, and later ones; others have a command in flight.
   */
  void stop(Availability stopping) {
    List<Runnable> completions = new ArrayList<>();
    synchronized (this) {
      stopped = stopping;
      for (ConsumerQueue queue : queues.values()) {
        for (Waiter waiter : queue.waiting) {
          completions.add(() -> waiter.future.complete(new Outcome.Unavailable(stopping)));
        }
        waiters -= queue.waiting.size();
        queue.waiting.clear();
      }
    }
    own.publish(completions);
  }

  /** Proposes what may be proposed, and fails the callers whose deadline has passed. */
  void turn(long nowNanos) {
    List<Runnable> proposals = new ArrayList<>();
    List<Runnable> completions = new ArrayList<>();
    synchronized (this) {
      for (Iterator<ConsumerQueue> each = queues.values().iterator(); each.hasNext(); ) {
        ConsumerQueue queue = each.next();
        expire(queue, nowNanos, completions);
        if (queue.mayPropose(nowNanos)) {
          if (queue.waiting.isEmpty()) {
            each.remove();
          } else {
            proposals.add(send(queue, nowNanos));
          }
        }
      }
    }
    proposals.forEach(Runnable::run);
    own.publish(completions);
  }

  private void expire(ConsumerQueue queue, long nowNanos, List<Runnable> completions) {
    List<Waiter> late = new ArrayList<>();
    for (List<Waiter> some : List.of(queue.waiting, queue.riding)) {
      for (Waiter waiter : some) {
        if (waiter.deadlineNanos <= nowNanos && !waiter.future.isDone()) {
          late.add(waiter);
        }
      }
    }
    waiters -= queue.waiting.size();
    queue.waiting.removeIf(waiter -> waiter.deadlineNanos <= nowNanos);
    waiters += queue.waiting.size();
    for (Waiter waiter : late) {
      // Its index may be acknowledged by another command.
      completions.add(() -> waiter.future.complete(new Outcome.Indeterminate(0, 0)));
    }
  }

  private Runnable send(ConsumerQueue queue, long nowNanos) {
    List<Waiter> riding = queue.waiting;
    queue.riding = riding;
    queue.waiting = new ArrayList<>();
    queue.pending = false;
    queue.underWay = true;
    queue.sentAtNanos = nowNanos;
    Payload order =
        new SystemCommands.Acknowledge(queue.consumer, queue.index, queue.digests).encode();
    queue.digests = DigestSamples.NONE;
    long latestNanos = nowNanos;
    for (Waiter waiter : riding) {
      latestNanos = Math.max(latestNanos, waiter.deadlineNanos);
    }
    long deadlineNanos = latestNanos;
    return () -> {
      var unused =
          own.propose(NewEntry.of(Entry.Kind.ACKNOWLEDGE, order), deadlineNanos)
              .thenAccept(outcome -> ended(queue, outcome));
    };
  }

  private void ended(ConsumerQueue queue, Outcome outcome) {
    List<Waiter> done;
    synchronized (this) {
      done = queue.riding;
      waiters -= done.size();
      queue.riding = List.of();
      queue.underWay = false;
    }
    done.forEach(waiter -> waiter.future.complete(outcome));
  }
}

package io.synod.runtime.upkeep;

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

/**
 * What the copies of consumers here say of how far they are. Of each consumer one command is under
 * way at most, and a few a second: what comes meanwhile waits for the next, which says the furthest
 * and answers all. It carries the digests of some of them, so that copies that speak at different
 * times are compared all the same. Any thread may call any method but {@link #turn}, which is the
 * loop's.
 */
public final class ConsumerProgress {
  /** No consumer's next command is proposed sooner after its last. */
  private static final long GAP_NANOS = 200_000_000;

  /** Of so many consumers at once: each has a command of its own, and other duties need room. */
  static final int LINES_MAX = 1_000;

  private static final long RETRY_AFTER_MILLIS = 100;

  private final SessionProposer own;
  private final int waitersMax;
  private final Map<String, ConsumerQueue> queues = new TreeMap<>();
  // In all lines, whether they wait or ride.
  private int waiters;

  private static final class ConsumerQueue {
    private final String consumer;
    // Who waits for the next command, and who for the one under way.
    private List<Waiter> waiting = new ArrayList<>();
    private List<Waiter> riding = List.of();
    private long index;
    private DigestSamples digests = DigestSamples.NONE;
    private boolean news;
    private boolean underWay;
    private long sentAtNanos = Long.MIN_VALUE / 2;

    private ConsumerQueue(String consumer) {
      this.consumer = consumer;
    }

    private void take(Waiter waiter, SystemCommands.Acknowledge said) {
      waiting.add(waiter);
      index = news ? Math.max(index, said.index()) : said.index();
      news = true;
      digests = digests.with(said.digests());
    }

    private boolean mayBeTold(long nowNanos) {
      return !underWay && nowNanos - sentAtNanos >= GAP_NANOS;
    }
  }

  private record Waiter(long deadlineNanos, CompletableFuture<Outcome> future) {}

  /** For so many callers at once; others are refused. */
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
   * Takes what a copy says.
   *
   * @param appliedIndex what is applied here: beyond it nobody can have applied anything
   */
  public CompletableFuture<Outcome> add(
      SystemCommands.Acknowledge said, long deadlineNanos, long appliedIndex) {
    if (said.index() > appliedIndex) {
      return CompletableFuture.completedFuture(new Outcome.WithoutEffect(new Result.Malformed()));
    }
    Waiter waiter = new Waiter(deadlineNanos, new CompletableFuture<>());
    synchronized (this) {
      boolean crowded = queues.size() >= LINES_MAX && !queues.containsKey(said.consumer());
      if (crowded || waiters >= waitersMax) {
        return CompletableFuture.completedFuture(new Outcome.Overloaded(RETRY_AFTER_MILLIS));
      }
      waiters++;
      queues.computeIfAbsent(said.consumer(), ConsumerQueue::new).take(waiter, said);
    }
    own.wake();
    return waiter.future;
  }

  /** Gives up those whose time is over, where nothing can be proposed. */
  void expire(long nowNanos) {
    List<Runnable> completions = new ArrayList<>();
    synchronized (this) {
      queues.values().forEach(queue -> giveUp(queue, nowNanos, completions));
    }
    own.publish(completions);
  }

  /** Proposes what may be proposed, and gives up those whose time is over. */
  void turn(long nowNanos) {
    List<Runnable> proposals = new ArrayList<>();
    List<Runnable> completions = new ArrayList<>();
    synchronized (this) {
      for (Iterator<ConsumerQueue> each = queues.values().iterator(); each.hasNext(); ) {
        ConsumerQueue queue = each.next();
        giveUp(queue, nowNanos, completions);
        if (queue.mayBeTold(nowNanos)) {
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

  private void giveUp(ConsumerQueue queue, long nowNanos, List<Runnable> completions) {
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
      // Others may have said as much, or may do so yet.
      completions.add(() -> waiter.future.complete(new Outcome.Indeterminate(0, 0)));
    }
  }

  private Runnable send(ConsumerQueue queue, long nowNanos) {
    List<Waiter> riding = queue.waiting;
    queue.riding = riding;
    queue.waiting = new ArrayList<>();
    queue.news = false;
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

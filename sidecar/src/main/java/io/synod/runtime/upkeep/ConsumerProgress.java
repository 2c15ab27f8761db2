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
  private final Map<String, Line> lines = new TreeMap<>();
  // In all lines, whether they wait or ride.
  private int waiters;

  private static final class Line {
    private final String consumer;
    // Who waits for the next command, and who for the one under way.
    private List<Waiter> waiting = new ArrayList<>();
    private List<Waiter> riding = List.of();
    private long index;
    private DigestSamples digests = DigestSamples.NONE;
    private boolean news;
    private boolean underWay;
    private long sentAtNanos = Long.MIN_VALUE / 2;

    private Line(String consumer) {
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
    for (Line line : lines.values()) {
      held += line.waiting.size() + line.riding.size();
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
      boolean crowded = lines.size() >= LINES_MAX && !lines.containsKey(said.consumer());
      if (crowded || waiters >= waitersMax) {
        return CompletableFuture.completedFuture(new Outcome.Overloaded(RETRY_AFTER_MILLIS));
      }
      waiters++;
      lines.computeIfAbsent(said.consumer(), Line::new).take(waiter, said);
    }
    own.wake();
    return waiter.future;
  }

  /** Gives up those whose time is over, where nothing can be proposed. */
  void expire(long nowNanos) {
    List<Runnable> completions = new ArrayList<>();
    synchronized (this) {
      lines.values().forEach(line -> giveUp(line, nowNanos, completions));
    }
    own.publish(completions);
  }

  /** Proposes what may be proposed, and gives up those whose time is over. */
  void turn(long nowNanos) {
    List<Runnable> proposals = new ArrayList<>();
    List<Runnable> completions = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Line> each = lines.values().iterator(); each.hasNext(); ) {
        Line line = each.next();
        giveUp(line, nowNanos, completions);
        if (line.mayBeTold(nowNanos)) {
          if (line.waiting.isEmpty()) {
            each.remove();
          } else {
            proposals.add(send(line, nowNanos));
          }
        }
      }
    }
    proposals.forEach(Runnable::run);
    own.publish(completions);
  }

  private void giveUp(Line line, long nowNanos, List<Runnable> completions) {
    List<Waiter> late = new ArrayList<>();
    for (List<Waiter> some : List.of(line.waiting, line.riding)) {
      for (Waiter waiter : some) {
        if (waiter.deadlineNanos <= nowNanos && !waiter.future.isDone()) {
          late.add(waiter);
        }
      }
    }
    waiters -= line.waiting.size();
    line.waiting.removeIf(waiter -> waiter.deadlineNanos <= nowNanos);
    waiters += line.waiting.size();
    for (Waiter waiter : late) {
      // Others may have said as much, or may do so yet.
      completions.add(() -> waiter.future.complete(new Outcome.Indeterminate(0, 0)));
    }
  }

  private Runnable send(Line line, long nowNanos) {
    List<Waiter> riding = line.waiting;
    line.riding = riding;
    line.waiting = new ArrayList<>();
    line.news = false;
    line.underWay = true;
    line.sentAtNanos = nowNanos;
    Payload order =
        new SystemCommands.Acknowledge(line.consumer, line.index, line.digests).encode();
    line.digests = DigestSamples.NONE;
    long latestNanos = nowNanos;
    for (Waiter waiter : riding) {
      latestNanos = Math.max(latestNanos, waiter.deadlineNanos);
    }
    long deadlineNanos = latestNanos;
    return () -> {
      var unused =
          own.propose(NewEntry.of(Entry.Kind.ACKNOWLEDGE, order), deadlineNanos)
              .thenAccept(outcome -> ended(line, outcome));
    };
  }

  private void ended(Line line, Outcome outcome) {
    List<Waiter> done;
    synchronized (this) {
      done = line.riding;
      waiters -= done.size();
      line.riding = List.of();
      line.underWay = false;
    }
    done.forEach(waiter -> waiter.future.complete(outcome));
  }
}

package io.synod.api;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.Proposer;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.node.StateReads;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Renews each session by its own command, three times within its time to live. */
final class MemorySessionKeepAlive implements SessionKeepAlive {
  private final Proposer proposer;
  private final StateReads reads;
  private final MemoryLog log;
  private final ScheduledExecutorService clock;

  MemorySessionKeepAlive(
      Proposer proposer, StateReads reads, MemoryLog log, ScheduledExecutorService clock) {
    this.proposer = proposer;
    this.reads = reads;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public KeptSession keep(long session, Duration ttl, long sentNanos, Runnable changed) {
    MemoryKeptSession keeping = new MemoryKeptSession(session, ttl, sentNanos, changed);
    keeping.start();
    return keeping;
  }

  private final class MemoryKeptSession implements KeptSession {
    private final long session;
    private final Duration ttl;
    private final Runnable changed;
    private volatile long sentNanos;
    private volatile boolean notified;
    private @Nullable ScheduledFuture<?> renewing;
    private AppliedLog.@Nullable Subscription watching;

    private MemoryKeptSession(long session, Duration ttl, long sentNanos, Runnable changed) {
      this.session = session;
      this.ttl = ttl;
      this.sentNanos = sentNanos;
      this.changed = changed;
    }

    private synchronized void start() {
      long period = ttl.toNanos() / 3;
      long first = sentNanos == Long.MIN_VALUE ? 0 : period;
      renewing = clock.scheduleAtFixedRate(this::renew, first, period, TimeUnit.NANOSECONDS);
      watching = log.onAdvance(() -> clock.execute(this::evaluate));
      clock.execute(this::evaluate);
    }

    private void renew() {
      if (isOver()) {
        return;
      }
      long before = System.nanoTime();
      SystemCommands.Renew order = new SystemCommands.Renew(List.of(session));
      var unused =
          proposer
              .propose(NewEntry.of(Entry.Kind.RENEW_SESSIONS, order.encode()), ttl)
              .thenAccept(
                  outcome -> {
                    if (outcome instanceof Outcome.Applied && !isOver()) {
                      sentNanos = before;
                      changed.run();
                    }
                  });
    }

    private void evaluate() {
      if (isOver() && !notified) {
        notified = true;
        changed.run();
      }
    }

    @Override
    public long validNanos() {
      if (sentNanos == Long.MIN_VALUE || isOver()) {
        return 0;
      }
      long valid = ttl.toNanos() - ttl.toNanos() / 50;
      return Math.max(0, sentNanos + valid - System.nanoTime());
    }

    @Override
    public boolean isOver() {
      return reads.state().session(session) == null;
    }

    @Override
    public synchronized void close() {
      if (renewing != null) {
        renewing.cancel(false);
      }
      if (watching != null) {
        watching.close();
      }
    }
  }
}

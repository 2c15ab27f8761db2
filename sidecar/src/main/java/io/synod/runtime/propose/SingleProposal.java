package io.synod.runtime.propose;

import io.synod.paxos.Settings;
import io.synod.runtime.node.Outcome;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;

/**
 * A type of command that the node itself proposes, one at a time. After a failure it waits before
 * the next. Thread-safe.
 */
public final class SingleProposal {
  private final SessionProposer own;
  private final Entry.Kind kind;
  private final ProposalTimes times;
  private boolean underWay;
  private long freeAtNanos = Long.MIN_VALUE;

  /**
   * The intervals and time-outs of the node's own proposals.
   *
   * @param paceNanos how often the node checks what is due
   * @param retryNanos how long it waits after a failure
   * @param timeoutNanos how long it waits for an outcome
   */
  public record ProposalTimes(long paceNanos, long retryNanos, long timeoutNanos) {

    /** Derives them from the settings of the core. */
    public static ProposalTimes of(Settings settings) {
      return new ProposalTimes(
          settings.heartbeatNanos(), settings.resendNanos(), 2 * settings.electionTimeoutNanos());
    }
  }

  public SingleProposal(SessionProposer own, Entry.Kind kind, ProposalTimes times) {
    this.own = own;
    this.kind = kind;
    this.times = times;
  }

  /** Whether another may be proposed. */
  public synchronized boolean isFree(long nowNanos) {
    return !underWay && nowNanos >= freeAtNanos;
  }

  /** Proposes one. */
  public void propose(Payload order, long nowNanos) {
    synchronized (this) {
      underWay = true;
    }
    var unused =
        own.propose(NewEntry.of(kind, order), nowNanos + times.timeoutNanos())
            .thenAccept(this::ended);
  }

  private synchronized void ended(Outcome outcome) {
    underWay = false;
    if (!(outcome instanceof Outcome.Applied)) {
      freeAtNanos = own.nanos() + times.retryNanos();
    }
  }
}

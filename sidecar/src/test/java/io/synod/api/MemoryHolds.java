package io.synod.api;

import io.synod.runtime.hold.HoldTable;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.Proposer;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.node.StateReads;
import io.synod.runtime.propose.SessionCommands;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The holds of a node in memory: the production hold table, turned every few milliseconds. */
final class MemoryHolds implements SessionCommands {
  private static final int PACE_MILLIS = 5;

  private final Proposer proposer;
  private final StateReads reads;
  private final HoldTable table;

  MemoryHolds(
      Proposer proposer,
      StateReads reads,
      SessionKeepAlive sessionKeepAlive,
      ScheduledExecutorService thread) {
    this.proposer = proposer;
    this.reads = reads;
    this.table = new HoldTable(this, sessionKeepAlive, reads::isQuarantined);
    var unused =
        thread.scheduleAtFixedRate(
            () -> table.turn(nanos()), PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
  }

  HoldTable table() {
    return table;
  }

  @Override
  public int node() {
    return 1;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public State state() {
    return reads.state();
  }

  @Override
  public CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout) {
    return proposer.open(newEntry, timeout);
  }

  @Override
  public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
    return proposer.free(entry, timeout);
  }

  @Override
  public void wake() {}
}

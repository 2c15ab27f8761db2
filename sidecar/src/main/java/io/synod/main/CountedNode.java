package io.synod.main;

import io.synod.metrics.CallMetrics;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.node.VoteReport;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node whose callers' proposals and reads are counted. */
record CountedNode(Node node, CallMetrics callMetrics) implements Node {

  @Override
  public CompletableFuture<Outcome> propose(NewEntry newEntry, Duration timeout) {
    return callMetrics.proposal(() -> node.propose(newEntry, timeout));
  }

  @Override
  public CompletableFuture<Outcome> propose(Entry entry, Duration timeout) {
    return callMetrics.proposal(() -> node.propose(entry, timeout));
  }

  @Override
  public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
    return callMetrics.proposal(() -> node.free(entry, timeout));
  }

  @Override
  public CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout) {
    return callMetrics.proposal(() -> node.open(newEntry, timeout));
  }

  @Override
  public CompletableFuture<ReadFreshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout) {
    return callMetrics.read(level, () -> node.read(level, maxStaleness, atLeastIndex, timeout));
  }

  @Override
  public AppliedLog appliedLog() {
    return node.appliedLog();
  }

  @Override
  public State state() {
    return node.state();
  }

  @Override
  public @Nullable State stateAt(long index) {
    return node.stateAt(index);
  }

  @Override
  public long oldestState() {
    return node.oldestState();
  }

  @Override
  public SessionKeepAlive sessionKeepAlive() {
    return node.sessionKeepAlive();
  }

  @Override
  public CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout) {
    return callMetrics.proposal(() -> node.acknowledge(consumer, index, digest, timeout));
  }

  @Override
  public boolean isQuarantined() {
    return node.isQuarantined();
  }

  @Override
  public NodeStatus status() {
    return node.status();
  }

  @Override
  public EventLog eventLog() {
    return node.eventLog();
  }

  @Override
  public CompletableFuture<VoteReport> votes(long slot, Duration timeout) {
    return node.votes(slot, timeout);
  }

  @Override
  public long slotOfIndex(long index) {
    return node.slotOfIndex(index);
  }

  @Override
  public CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout) {
    return node.takeSnapshot(timeout);
  }

  @Override
  public @Nullable StoredSnapshot snapshot() {
    return node.snapshot();
  }

  @Override
  public AppSnapshots appSnapshots() {
    return node.appSnapshots();
  }

  @Override
  public CompletableFuture<Boolean> pull(
      String consumer, long index, Bytes sha256, Duration timeout) {
    return node.pull(consumer, index, sha256, timeout);
  }

  @Override
  public CompletableFuture<Boolean> handOver(int to, Duration timeout) {
    return node.handOver(to, timeout);
  }
}

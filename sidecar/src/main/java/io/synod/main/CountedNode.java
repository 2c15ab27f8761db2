package io.synod.main;

import io.synod.metrics.Calls;
import io.synod.paxos.Bytes;
import io.synod.runtime.node.Feed;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Keeper;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.node.Testimony;
import io.synod.runtime.node.Trace;
import io.synod.runtime.port.Blobs;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Payload;
import io.synod.state.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node whose callers' proposals and reads are counted. */
record CountedNode(Node node, Calls calls) implements Node {

  @Override
  public CompletableFuture<Outcome> propose(Draft draft, Duration timeout) {
    return calls.proposal(() -> node.propose(draft, timeout));
  }

  @Override
  public CompletableFuture<Outcome> propose(Entry entry, Duration timeout) {
    return calls.proposal(() -> node.propose(entry, timeout));
  }

  @Override
  public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
    return calls.proposal(() -> node.free(entry, timeout));
  }

  @Override
  public CompletableFuture<Outcome> open(Draft draft, Duration timeout) {
    return calls.proposal(() -> node.open(draft, timeout));
  }

  @Override
  public CompletableFuture<Freshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout) {
    return calls.read(level, () -> node.read(level, maxStaleness, atLeastIndex, timeout));
  }

  @Override
  public Feed feed() {
    return node.feed();
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
  public Keeper keeper() {
    return node.keeper();
  }

  @Override
  public CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout) {
    return calls.proposal(() -> node.acknowledge(consumer, index, digest, timeout));
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
  public Trace trace() {
    return node.trace();
  }

  @Override
  public CompletableFuture<Testimony> votes(long slot, Duration timeout) {
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
  public Blobs blobs() {
    return node.blobs();
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

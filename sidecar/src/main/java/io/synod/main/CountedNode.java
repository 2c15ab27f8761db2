package io.synod.main;

import io.synod.metrics.CallMetrics;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.node.ConsumerCopies;
import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.Proposer;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.StateReads;
import io.synod.runtime.port.AppSnapshots;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Wraps a node so that its callers' proposals and reads are counted. */
final class CountedNode {
  private CountedNode() {}

  static Node of(Node node, CallMetrics callMetrics) {
    return new Node(
        new CountedProposer(node.proposer(), callMetrics),
        new CountedReads(node.reads(), callMetrics),
        node.appliedLog(),
        node.sessionKeepAlive(),
        new CountedHolds(node.lockHolds(), callMetrics),
        new CountedConsumers(node.consumers(), callMetrics),
        node.inspection(),
        node.maintenance());
  }

  private record CountedProposer(Proposer proposer, CallMetrics callMetrics) implements Proposer {
    @Override
    public CompletableFuture<Outcome> propose(NewEntry newEntry, Duration timeout) {
      return callMetrics.proposal(() -> proposer.propose(newEntry, timeout));
    }

    @Override
    public CompletableFuture<Outcome> propose(Entry entry, Duration timeout) {
      return callMetrics.proposal(() -> proposer.propose(entry, timeout));
    }

    @Override
    public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
      return callMetrics.proposal(() -> proposer.free(entry, timeout));
    }

    @Override
    public CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout) {
      return callMetrics.proposal(() -> proposer.open(newEntry, timeout));
    }
  }

  private record CountedReads(StateReads reads, CallMetrics callMetrics) implements StateReads {
    @Override
    public CompletableFuture<ReadFreshness> read(
        ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout) {
      return callMetrics.read(level, () -> reads.read(level, maxStaleness, atLeastIndex, timeout));
    }

    @Override
    public State state() {
      return reads.state();
    }

    @Override
    public @Nullable State stateAt(long index) {
      return reads.stateAt(index);
    }

    @Override
    public long oldestState() {
      return reads.oldestState();
    }

    @Override
    public boolean isQuarantined() {
      return reads.isQuarantined();
    }
  }

  private record CountedConsumers(ConsumerCopies consumers, CallMetrics callMetrics)
      implements ConsumerCopies {
    @Override
    public CompletableFuture<Outcome> acknowledge(
        String consumer, long index, Payload digest, Duration timeout) {
      return callMetrics.proposal(() -> consumers.acknowledge(consumer, index, digest, timeout));
    }

    @Override
    public AppSnapshots appSnapshots() {
      return consumers.appSnapshots();
    }

    @Override
    public CompletableFuture<Boolean> pull(
        String consumer, long index, Bytes sha256, Duration timeout) {
      return consumers.pull(consumer, index, sha256, timeout);
    }
  }

  private record CountedHolds(LockHolds holds, CallMetrics callMetrics) implements LockHolds {
    @Override
    public LockHold hold(Terms terms, Runnable changed) {
      LockHold hold = holds.hold(terms, changed);
      var unused = callMetrics.proposal(hold::opened);
      return hold;
    }

    @Override
    public long validNanos(long session) {
      return holds.validNanos(session);
    }

    @Override
    public int unfinished() {
      return holds.unfinished();
    }

    @Override
    public CompletableFuture<Void> whenAllOver() {
      return holds.whenAllOver();
    }
  }
}

package io.synod.runtime.engine;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.node.ConsumerCopies;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.snapshot.SnapshotFetcher;
import io.synod.runtime.upkeep.ConsumerProgress;
import io.synod.state.State;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The copies of consumers at a running node. */
record RunningConsumers(
    NodePorts ports,
    ConsumerProgress consumerProgress,
    SnapshotFetcher snapshotFetcher,
    Supplier<State> state)
    implements ConsumerCopies {

  @Override
  public CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout) {
    return consumerProgress.add(
        new SystemCommands.Acknowledge(consumer, index, digest),
        ports.clock().nanos() + timeout.toNanos(),
        state.get().index());
  }

  @Override
  public AppSnapshots appSnapshots() {
    return ports.journal().appSnapshots();
  }

  @Override
  public CompletableFuture<Boolean> pull(
      String consumer, long index, Bytes sha256, Duration timeout) {
    return snapshotFetcher
        .blob(consumer, index, sha256)
        .completeOnTimeout(false, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }
}

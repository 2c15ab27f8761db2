package io.synod.runtime.read;

import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.StateReads;
import io.synod.runtime.port.NodePorts;
import io.synod.state.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The reads of a running node; they wait in {@link PendingReads}. */
public record NodeReads(
    NodePorts ports,
    PendingReads pendingReads,
    StateHistory stateHistory,
    Supplier<State> newest,
    BooleanSupplier quarantined)
    implements StateReads {

  @Override
  public CompletableFuture<ReadFreshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout) {
    long deadlineNanos = ports.clock().nanos() + timeout.toNanos();
    CompletableFuture<ReadFreshness> waiting =
        pendingReads.add(
            new PendingRead.ReadRequest(
                level, maxStaleness.toNanos(), atLeastIndex, deadlineNanos));
    ports.mailbox().wake();
    return waiting;
  }

  @Override
  public State state() {
    return newest.get();
  }

  @Override
  public @Nullable State stateAt(long index) {
    return stateHistory.at(index);
  }

  @Override
  public long oldestState() {
    return stateHistory.oldestIndex();
  }

  @Override
  public boolean isQuarantined() {
    return quarantined.getAsBoolean();
  }
}

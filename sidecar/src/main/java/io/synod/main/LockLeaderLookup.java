package io.synod.main;

import io.synod.metrics.http.LeaderLookup;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.StateReads;
import io.synod.state.Lock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;

/**
 * Looks up the holder of a lock at this node: a hold that it renews itself and knows to be valid,
 * or the holder in a state that is fresh enough.
 *
 * @param fresh how old the state may be
 * @param heldNanos how long a session surely holds its lock, as {@code ApiServer.heldNanos}
 */
record LockLeaderLookup(StateReads reads, Duration fresh, LongUnaryOperator heldNanos)
    implements LeaderLookup {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  @Override
  public CompletableFuture<LeaderAnswer> of(String name) {
    LeaderAnswer here = now(name);
    if (here instanceof Holder holder && holder.validNanos() > 0) {
      return CompletableFuture.completedFuture(here);
    }
    return reads
        .read(ReadLevel.BOUNDED, fresh, 0, PATIENCE)
        .thenApply(
            readFreshness ->
                readFreshness instanceof ReadFreshness.Fresh
                    ? now(name)
                    : new Unknown("this node has had no recent contact with a leader"));
  }

  private LeaderAnswer now(String name) {
    Lock lock = reads.state().lock(name);
    if (lock == null) {
      return new Free();
    }
    Lock.Contender holder = lock.holder();
    return new Holder(
        holder.node(),
        lock.token(),
        Bytes.of(holder.value().bytes()),
        lock.sinceMillis(),
        heldNanos.applyAsLong(holder.session()));
  }
}

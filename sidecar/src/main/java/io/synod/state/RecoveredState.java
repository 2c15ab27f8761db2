package io.synod.state;

import java.util.SortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * The state of a cluster of which only some disks are left. It is the state of the log on them,
 * except that each consumer keeps only its newest snapshot that is on one of the disks, and no
 * snapshot if none is there. One that is disputed counts only if it is safe.
 */
public final class RecoveredState {
  private RecoveredState() {}

  /** The disks that are left. */
  public interface Disks {
    /** The nodes whose disks hold this snapshot. */
    SortedSet<Integer> holders(String consumer, Consumer.Snapshot snapshot);
  }

  /** The recovered state. */
  public static State of(State state, Disks disks) {
    Consumers consumers = Consumers.EMPTY;
    for (Consumer consumer : state.consumers()) {
      consumers = consumers.with(recovered(consumer, disks));
    }
    State.Rest rest = state.rest();
    return new State(
        state.limits(),
        state.mark(),
        state.keys(),
        state.table(),
        new State.Rest(
            rest.locks(),
            consumers,
            rest.requestMemory(),
            rest.commanded(),
            rest.level(),
            rest.memberships()));
  }

  private static Consumer recovered(Consumer consumer, Disks disks) {
    TreePMap<Long, Consumer.Snapshot> kept = TreePMap.empty();
    for (Consumer.Snapshot snapshot : consumer.newestSnapshots()) {
      SortedSet<Integer> holders = disks.holders(consumer.name(), snapshot);
      if (!holders.isEmpty() && (snapshot.isSafe() || !snapshot.disputed())) {
        kept = TreePMap.singleton(snapshot.index(), held(snapshot, holders));
        break;
      }
    }
    return new Consumer(consumer.name(), consumer.copies(), kept, consumer.divergedAt());
  }

  /** The snapshot as one that needs no other holder. */
  private static Consumer.Snapshot held(Consumer.Snapshot snapshot, SortedSet<Integer> holders) {
    TreePSet<Integer> now = TreePSet.empty();
    for (int holder : holders) {
      now = now.plus(holder);
    }
    return new Consumer.Snapshot(
        snapshot.index(),
        snapshot.format(),
        snapshot.bytes(),
        snapshot.sha256(),
        snapshot.node(),
        snapshot.createMillis(),
        Math.min(snapshot.quorum(), now.size()),
        now,
        snapshot.disputed());
  }
}

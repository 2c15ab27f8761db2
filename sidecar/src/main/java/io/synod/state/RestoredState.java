package io.synod.state;

import io.synod.state.encoding.Payload;
import java.util.SortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * The state with which a cluster begins that is restored from a backup.
 *
 * <p>Its index is above the backup's by a jump, which must exceed the number of commands that the
 * original cluster, and every other cluster that was restored from the backup, applied after it. So
 * no index is given again that they have given since, neither as the version of a key, nor as the
 * id of a session, nor as the fencing token of a lock; and a watch that continues from such an
 * index learns that the log before the jump is compacted.
 *
 * <ul>
 *   <li>The slot, log time and the rolling digest stay those of the backup, as do keys, sessions,
 *       locks with their contenders, and remembered answers: their indexes are of the past. The
 *       restored cluster continues log time at the wall clock, so a session whose time to live has
 *       passed since the backup ends.
 *   <li>The memberships are forgotten: the voters of the restored cluster are those that form it.
 *   <li>A consumer keeps the snapshot that is in the backup, as one of the new index: the restored
 *       log begins there, and the entries between the snapshot and the backup are lost. All voters
 *       hold it. Its acknowledgements are forgotten, since they are of entries that the restored
 *       log does not have. A consumer without a snapshot is forgotten.
 * </ul>
 */
public final class RestoredState {
  private RestoredState() {}

  /**
   * The restored state.
   *
   * @param skip the jump of the index
   * @param voters the voters of the restored cluster
   */
  public static State of(State backup, long skip, SortedSet<Integer> voters) {
    State.Mark mark = backup.mark();
    long index = Math.addExact(mark.index(), skip);
    Consumers consumers = Consumers.EMPTY;
    for (Consumer consumer : backup.consumers()) {
      Consumer.Snapshot safe = consumer.safeSnapshot();
      if (safe != null) {
        consumers = consumers.with(restored(consumer.name(), safe, index, voters));
      }
    }
    State.Rest rest = backup.rest();
    return new State(
        backup.limits(),
        new State.Mark(mark.slot(), index, mark.logTimeMillis(), mark.digest()),
        backup.keys(),
        backup.table(),
        new State.Rest(
            rest.locks(),
            consumers,
            rest.requestMemory(),
            rest.commanded(),
            rest.level(),
            Payload.EMPTY));
  }

  private static Consumer restored(
      String name, Consumer.Snapshot safe, long index, SortedSet<Integer> voters) {
    TreePSet<Integer> holders = TreePSet.empty();
    for (int voter : voters) {
      holders = holders.plus(voter);
    }
    Consumer.Snapshot snapshot =
        new Consumer.Snapshot(
            index,
            safe.format(),
            safe.bytes(),
            safe.sha256(),
            safe.node(),
            safe.createMillis(),
            voters.size() / 2 + 1,
            holders,
            false);
    return new Consumer(name, TreePMap.empty(), TreePMap.singleton(index, snapshot), 0);
  }
}

package io.synod.runtime.snapshot;

import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.upkeep.Quarantine;
import java.util.function.LongSupplier;

/** Which peers a snapshot is fetched from. */
interface SnapshotSources {
  /** All peers. */
  SnapshotSources ALL =
      new SnapshotSources() {
        @Override
        public boolean mayAsk(int peer) {
          return true;
        }

        @Override
        public boolean mayTake(int peer, SnapshotMark mark) {
          return true;
        }
      };

  boolean mayAsk(int peer);

  /** Whether a snapshot with this mark may be taken from this peer now. */
  boolean mayTake(int peer, SnapshotMark mark);

  /**
   * Peers with whose state a quorum agrees at the last slot that is applied here, and at the slot
   * of their snapshot: the state replaces a wrong one.
   */
  static SnapshotSources attested(Quarantine quarantine, LongSupplier appliedSlot) {
    return new SnapshotSources() {
      @Override
      public boolean mayAsk(int peer) {
        return quarantine.isAttested(peer, appliedSlot.getAsLong());
      }

      @Override
      public boolean mayTake(int peer, SnapshotMark mark) {
        return quarantine.isAttested(peer, mark);
      }
    };
  }
}

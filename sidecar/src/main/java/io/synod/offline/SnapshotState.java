package io.synod.offline;

import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.snapshot.StoredState;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.storage.offline.OfflineDirectory;

/** Checks the newest snapshot by decoding it. */
final class SnapshotState {
  private SnapshotState() {}

  /** Adds a fault if the state differs from what the snapshot says about it. */
  static void check(OfflineDirectory directory) {
    try (StoredSnapshot snapshot = directory.snapshots().openNewest()) {
      if (snapshot == null) {
        return;
      }
      State.Mark mark = StoredState.decode(snapshot, Limits.defaults()).mark();
      SnapshotMark stated = snapshot.mark();
      if (!new SnapshotMark(mark.slot(), mark.index(), mark.logTimeMillis(), mark.digest())
          .equals(stated)) {
        directory
            .faults()
            .add("the snapshot of slot " + stated.slot() + " holds another state than it says");
      }
    } catch (JournalException e) {
      directory.faults().add(e);
    }
  }
}

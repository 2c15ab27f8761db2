package io.synod.offline;

import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.snapshot.StoredState;
import io.synod.state.Limits;
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
      var unused = StoredState.verified(snapshot, Limits.defaults());
    } catch (JournalException e) {
      directory.faults().add(e);
    }
  }
}

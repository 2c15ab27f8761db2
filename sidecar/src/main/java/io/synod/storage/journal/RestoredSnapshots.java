package io.synod.storage.journal;

import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.sealed.StreamStore;

/** Writes the snapshots of a directory that has no journal yet. */
public final class RestoredSnapshots {
  private final StateSnapshots states;
  private final StoredAppSnapshots apps;

  public RestoredSnapshots(StreamStore streams) {
    this.states = StateSnapshots.open(streams);
    this.apps = new StoredAppSnapshots(streams);
  }

  /** Begins the snapshot of the state. */
  public StreamWriter stageState(SnapshotMark mark) {
    return states.stage(mark);
  }

  /** Begins the snapshot of a consumer. */
  public StreamWriter stageApp(String consumer, long index) {
    return apps.stage(consumer, index);
  }
}

package io.synod.storage.journal;

import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamReader;
import io.synod.storage.disk.Disk;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.sealed.StreamStore;
import io.synod.storage.tail.SuperblockCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The snapshots of a data directory that no sidecar uses, for reading. It changes nothing. */
public final class SnapshotInventory {
  private final StreamStore streams;
  private final StateSnapshots snapshots;

  /**
   * A snapshot of the replicated state.
   *
   * @param bytes its length; 0 if that is damaged
   * @param mark its position; null if it is damaged
   */
  public record StateEntry(long slot, long bytes, @Nullable SnapshotMark mark) {}

  private SnapshotInventory(StreamStore streams, StateSnapshots snapshots) {
    this.streams = streams;
    this.snapshots = snapshots;
  }

  /** Reads the newest intact snapshot, as a start does. */
  public static SnapshotInventory open(StreamStore streams) {
    return new SnapshotInventory(streams, StateSnapshots.open(streams));
  }

  /** The mark of the newest intact snapshot; NONE if there is none. */
  public SnapshotMark newest() {
    return snapshots.newest();
  }

  /** Whether the state on the disk is recorded to be wrong. */
  public boolean isDistrusted() {
    return snapshots.isDistrusted();
  }

  /** The newest intact snapshot, which the caller must close; null if there is none. */
  public @Nullable StoredSnapshot openNewest() {
    return snapshots.open();
  }

  /**
   * A snapshot that an application uploaded, which the caller must close; null if it is not here.
   */
  public @Nullable StreamReader openApp(String consumer, long index) {
    return new StoredAppSnapshots(streams).open(consumer, index);
  }

  /** Throws unless a snapshot reaches the slots before the beginning of the archive. */
  public void mustReachBeginning(SegmentStore.Span archive, Disk disk) {
    snapshots.mustReachBeginning(archive, disk);
  }

  /** Throws unless a snapshot reaches the slots that an archive which ends too early lacks. */
  public void mustReachSealed(SuperblockCopy.State known, long archivedThrough, Disk disk) {
    snapshots.mustReachSealed(known, archivedThrough, disk);
  }

  /** Reads all snapshots of the state; {@code faults} receives each that is damaged. */
  public List<StateEntry> states(Consumer<JournalException> faults) {
    List<StateEntry> entries = new ArrayList<>();
    for (StreamStore.Label label : StateSnapshots.labels(streams)) {
      entries.add(state(label, faults));
    }
    return entries;
  }

  private StateEntry state(StreamStore.Label label, Consumer<JournalException> faults) {
    long bytes = 0;
    SnapshotMark mark = null;
    try (StreamStore.StoredStream kept = streams.open(label)) {
      if (kept != null) {
        bytes = kept.bytes();
        mark = StateSnapshots.verified(label, kept);
      }
    } catch (JournalException e) {
      faults.accept(e);
    }
    return new StateEntry(label.number(), bytes, mark);
  }

  /**
   * The snapshots that applications uploaded.
   *
   * @param whole whether to read all of each, and not only its footer
   * @param faults receives each that is damaged, which is left out
   */
  public List<AppSnapshots.Blob> apps(boolean whole, Consumer<JournalException> faults) {
    List<AppSnapshots.Blob> blobs = new ArrayList<>();
    for (StreamStore.Label label : StoredAppSnapshots.labels(streams)) {
      try (StreamStore.StoredStream kept = streams.open(label)) {
        if (kept == null) {
          continue;
        }
        if (whole) {
          kept.verify();
        }
        blobs.add(StoredAppSnapshots.blob(label, kept));
      } catch (JournalException e) {
        faults.accept(e);
      }
    }
    return blobs;
  }
}

package io.synod.backup.recovery;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.backup.BackupContent;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.state.Consumer;
import io.synod.state.RecoveredState;
import io.synod.state.State;
import io.synod.storage.disk.Damage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/** The intact snapshots of consumers on the disks that are left. */
final class HeldSnapshots implements RecoveredState.Disks {
  private final Map<Survivor, List<AppSnapshots.Blob>> held = new LinkedHashMap<>();
  private final Map<Survivor, List<String>> damaged = new LinkedHashMap<>();

  /** A snapshot that no disk holds, although the state knows it to be safe. */
  record LostSnapshot(String consumer, long index) {}

  /** Reads all of each snapshot. */
  HeldSnapshots(Survivors survivors) {
    for (Survivor survivor : survivors.all()) {
      List<String> faults = new ArrayList<>();
      held.put(
          survivor,
          survivor
              .directory()
              .snapshots()
              .apps(true, fault -> faults.add(Damage.withoutRemedy(fault))));
      damaged.put(survivor, faults);
    }
  }

  /** The damaged snapshots on a disk, a line each. */
  List<String> damaged(Survivor survivor) {
    return Objects.requireNonNull(damaged.get(survivor));
  }

  @Override
  public SortedSet<Integer> holders(String consumer, Consumer.Snapshot snapshot) {
    SortedSet<Integer> holders = new TreeSet<>();
    for (Survivor survivor : holding(consumer, snapshot)) {
      holders.add(survivor.node());
    }
    return holders;
  }

  private List<Survivor> holding(String consumer, Consumer.Snapshot snapshot) {
    Bytes sha256 = Bytes.of(snapshot.sha256().bytes());
    List<Survivor> holding = new ArrayList<>();
    held.forEach(
        (survivor, blobs) -> {
          if (blobs.stream()
              .anyMatch(
                  blob ->
                      blob.consumer().equals(consumer)
                          && blob.index() == snapshot.index()
                          && blob.sha256().equals(sha256))) {
            holding.add(survivor);
          }
        });
    return holding;
  }

  /** The safe snapshots of a state that the recovered one lacks. */
  static List<LostSnapshot> lost(State state, State recovered) {
    List<LostSnapshot> lost = new ArrayList<>();
    for (Consumer consumer : state.consumers()) {
      Consumer.Snapshot safe = consumer.safeSnapshot();
      Consumer kept = recovered.consumer(consumer.name());
      Consumer.Snapshot left = kept == null ? null : kept.safeSnapshot();
      if (safe != null && (left == null || left.index() < safe.index())) {
        lost.add(new LostSnapshot(consumer.name(), safe.index()));
      }
    }
    return lost;
  }

  /** Opens the snapshots of a recovered state. */
  BackupContent open(State recovered) {
    List<BackupContent.App> apps = new ArrayList<>();
    for (Consumer consumer : recovered.consumers()) {
      Consumer.Snapshot safe = consumer.safeSnapshot();
      if (safe != null) {
        Survivor survivor = holding(consumer.name(), safe).get(0);
        StreamReader stream =
            survivor.directory().snapshots().openApp(consumer.name(), safe.index());
        if (stream == null) {
          throw new JournalException(survivor.path() + " lacks a snapshot that it held before");
        }
        apps.add(new BackupContent.App(consumer.name(), safe.index(), stream));
      }
    }
    return new BackupContent(recovered, apps, null);
  }
}

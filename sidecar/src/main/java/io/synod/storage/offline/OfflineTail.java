package io.synod.storage.offline;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.FirstFailure;
import io.synod.storage.journal.TailReplay;
import io.synod.storage.tail.CarryOver;
import io.synod.storage.tail.RecordLocation;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.SuperblockCopy;
import io.synod.storage.tail.TailFile;
import io.synod.storage.tail.TailIndex;
import io.synod.storage.tail.TailScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tail of a log that no sidecar uses. */
final class OfflineTail {
  private final TailScan scan;
  private final TailReplay replay;
  private final List<OfflineRecord> records = new ArrayList<>();

  OfflineTail(Disk disk, SuperblockCopy superblock, TailIndex index, Faults faults) {
    this.replay = new TailReplay(new CarryOver(), index);
    this.scan =
        new TailScan(
            disk,
            superblock.identity().cluster(),
            superblock.state(),
            (write, location) -> {
              addRecord(write, location);
              // After damage, slots may be missing because of it.
              if (faults.isEmpty()) {
                replay.record(write, location);
              } else {
                replayWhatIsLeft(write, location);
              }
            },
            faults::addOfTail);
    try {
      scan.read();
    } catch (IOException e) {
      faults.addOfTail(FirstFailure.describe(disk, e));
    }
    if (faults.isEmpty()) {
      addUnlessPromised(superblock.state().floor(), disk, faults);
    }
  }

  /** Adds a fault if the superblock knows of a higher promise than the tail holds. */
  private void addUnlessPromised(Ballot floor, Disk disk, Faults faults) {
    try {
      carryOver().mustReach(floor, disk.path(Superblock.NAME));
    } catch (JournalException e) {
      faults.addOfTail(e);
    }
  }

  private void replayWhatIsLeft(Write write, RecordLocation location) {
    try {
      replay.record(write, location);
    } catch (JournalException consequence) {
      // The damage before it is reported.
    }
  }

  private void addRecord(Write write, RecordLocation location) {
    OfflineRecord.Written written =
        new OfflineRecord.Written(location.record().timeMillis(), location.file().name());
    if (write instanceof Write.Promised promised) {
      records.add(
          new OfflineRecord(OfflineRecord.RecordKind.PROMISE, 0, promised.ballot(), null, written));
    } else if (write instanceof Write.Accepted || write instanceof Write.Learned) {
      records.add(OfflineRecord.of(location.record().slot(), location.vote(), written.file()));
    }
  }

  /** The promises and votes in it, in the order in which they were written. */
  List<OfflineRecord> records() {
    return records;
  }

  CarryOver carryOver() {
    return replay.carryOver();
  }

  TailIndex index() {
    return replay.index();
  }

  /** The files in {@code directory}, in the order of the log. */
  List<TailEntry> files(Path directory) throws IOException {
    List<TailEntry> files = new ArrayList<>();
    for (String name : scan.obsolete()) {
      files.add(new TailEntry(name, Files.size(directory.resolve(name)), TailEntry.Use.SEALED));
    }
    for (TailFile file : scan.used()) {
      files.add(new TailEntry(file.name(), file.size(), TailEntry.Use.LOG));
    }
    for (TailFile file : scan.unused()) {
      files.add(new TailEntry(file.name(), file.size(), TailEntry.Use.SPARE));
    }
    return files;
  }

  /** What a start does with an end that was not completely written; "" if there is none. */
  String tornEnd() {
    TailFile last = scan.used().isEmpty() ? null : scan.used().get(scan.used().size() - 1);
    return last == null || !scan.isTorn()
        ? ""
        : last.name()
            + ": from offset "
            + scan.end()
            + " on it holds a write that was not completed, as after a power failure;"
            + " a start drops it, since nothing was sent for it";
  }

  void close() throws IOException {
    scan.close();
  }
}

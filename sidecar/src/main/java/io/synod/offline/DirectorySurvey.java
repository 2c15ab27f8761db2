package io.synod.offline;

import io.synod.cli.shared.EnumNames;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.SnapshotMark;
import io.synod.storage.journal.SnapshotInventory;
import io.synod.storage.offline.OfflineDirectory;
import io.synod.storage.tail.DiskIdentity;
import io.synod.storage.tail.SuperblockCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the report on a data directory.
 *
 * @param whole whether to read every record of every file; if not, segments and snapshots of
 *     applications are read only as far as a start reads them
 */
record DirectorySurvey(OfflineDirectory directory, boolean whole) {

  DirectoryReport report() throws IOException {
    DirectoryReport.StoredFiles files = files();
    DirectoryReport.LogRange log = log();
    if (whole) {
      directory.verifySegments();
      SnapshotState.check(directory);
    }
    return new DirectoryReport(
        directory.path().toString(),
        owner(),
        promises(),
        log,
        files,
        directory.leftovers(),
        directory.faults().lines());
  }

  private DirectoryReport.Owner owner() {
    DiskIdentity identity = directory.superblock().identity();
    return new DirectoryReport.Owner(
        identity.node(),
        Long.toHexString(identity.cluster()),
        Long.toHexString(identity.incarnation()),
        directory.superblock().format(),
        List.of(copy(directory.superblocks().first()), copy(directory.superblocks().second())));
  }

  private static DirectoryReport.CopyDocument copy(@Nullable SuperblockCopy copy) {
    return copy == null
        ? new DirectoryReport.CopyDocument(false, null)
        : new DirectoryReport.CopyDocument(true, copy.sequence());
  }

  private DirectoryReport.Promises promises() {
    Formation agreed = directory.promises().agreed();
    DiskIdentity identity = directory.superblock().identity();
    return new DirectoryReport.Promises(
        directory.promises().promised().isNone()
            ? null
            : directory.promises().promised().toString(),
        agreed == null ? null : agreed.voters().keySet(),
        directory.promises().formed(),
        agreed == null ? null : agreed.isVoter(identity.node(), identity.incarnation()));
  }

  /** The range of the log; for slots that only the tail holds, it reads each. */
  private DirectoryReport.LogRange log() {
    long applied = directory.applied();
    long[] counts = new long[3];
    directory.visitLog(
        whole ? 1 : applied + 1,
        Long.MAX_VALUE,
        slot -> {
          long number = slot.proposal().slot();
          counts[0] = number;
          if (number > applied) {
            counts[slot.chosen() ? 1 : 2]++;
          }
          return true;
        });
    long first = directory.firstSlot();
    return new DirectoryReport.LogRange(
        first,
        Math.max(applied, counts[0]),
        applied,
        directory.appliedIndex(),
        Math.max(0, applied - first + 1) + counts[1],
        counts[2]);
  }

  private DirectoryReport.StoredFiles files() throws IOException {
    return new DirectoryReport.StoredFiles(
        usedBytes(directory.path()),
        Files.getFileStore(directory.path()).getUsableSpace(),
        directory.segments(),
        directory.tailFiles().stream()
            .map(
                file ->
                    new DirectoryReport.TailFile(
                        file.name(), file.bytes(), EnumNames.name("", file.use())))
            .toList(),
        directory.snapshots().states(directory.faults()::add).stream()
            .map(DirectorySurvey::snapshot)
            .toList(),
        directory.snapshots().apps(whole, directory.faults()::add).stream()
            .map(
                app ->
                    new DirectoryReport.AppSnapshot(
                        app.consumer(),
                        app.index(),
                        app.bytes(),
                        HexFormat.of().formatHex(app.sha256().array())))
            .toList());
  }

  private static DirectoryReport.StateSnapshot snapshot(SnapshotInventory.StateEntry entry) {
    SnapshotMark mark = entry.mark();
    return mark == null
        ? new DirectoryReport.StateSnapshot(entry.slot(), false, null, null, null)
        : new DirectoryReport.StateSnapshot(
            entry.slot(),
            true,
            mark.index(),
            entry.bytes(),
            String.format(Locale.ROOT, "%016x", mark.digest()));
  }

  private static long usedBytes(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}

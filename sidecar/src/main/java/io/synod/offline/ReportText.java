package io.synod.offline;

import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ValueText;
import io.synod.storage.sealed.SealedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A report on a data directory as text. It is used once. */
final class ReportText {
  private static final Columns LINES = Columns.none().left("", 12).left("", 0);

  private final DirectoryReport report;
  private final List<String> lines = new ArrayList<>();

  ReportText(DirectoryReport report) {
    this.report = report;
  }

  List<String> lines() {
    DirectoryReport.Owner owner = report.owner();
    line("directory", ValueText.line(report.directory()));
    line("node", owner.node() + " of the cluster with digest " + owner.cluster());
    report.faults().forEach(fault -> line("FAULT", ValueText.line(fault)));
    line("incarnation", owner.incarnation());
    line("format", String.valueOf(owner.format()));
    line(
        "superblock",
        "first copy "
            + copy(owner.superblocks().get(0))
            + ", second copy "
            + copy(owner.superblocks().get(1)));
    line("promised", "ballot " + (promised() == null ? "none" : promised()));
    line("voter", voter());
    log();
    files();
    report.notes().forEach(note -> line("note", ValueText.line(note)));
    return lines;
  }

  private void line(String label, String text) {
    lines.add(LINES.row(label, text));
  }

  private static String copy(DirectoryReport.CopyDocument copy) {
    return copy.intact() ? "of generation " + copy.generation() : "DAMAGED";
  }

  private @Nullable String promised() {
    return report.promises().promised();
  }

  private String voter() {
    DirectoryReport.Promises promises = report.promises();
    if (promises.voter() == null || promises.voters() == null) {
      return "not known: the cluster has not formed as far as this disk records";
    }
    String voters =
        "of "
            + (promises.formed() ? "the first voters " : "the proposed voters ")
            + promises.voters().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return promises.voter() ? "yes, " + voters : "NO: this disk is none " + voters;
  }

  private void log() {
    DirectoryReport.LogRange log = report.log();
    line("applied", "slot " + log.appliedSlot() + ", index " + log.appliedIndex());
    line(
        "log",
        log.lastSlot() < log.firstSlot()
            ? "empty"
            : "slots "
                + log.firstSlot()
                + " to "
                + log.lastSlot()
                + ": "
                + ValueText.count(log.chosen(), "chosen", "chosen")
                + (log.accepted() == 0
                    ? ""
                    : ", "
                        + ValueText.count(log.accepted(), "further", "further")
                        + " accepted here, which may be chosen or not"));
  }

  private void files() {
    DirectoryReport.StoredFiles files = report.files();
    line(
        "disk",
        ValueText.bytes(files.usedBytes())
            + " used, "
            + ValueText.bytes(files.freeBytes())
            + " free");
    for (SealedLog.SealedFile segment : files.segments()) {
      line(
          "segment",
          segment.name()
              + ": slots "
              + segment.firstSlot()
              + " to "
              + segment.lastSlot()
              + ", "
              + ValueText.bytes(segment.bytes()));
    }
    for (DirectoryReport.TailFile file : files.tail()) {
      line("tail", file.name() + ": " + file.use() + ", " + ValueText.bytes(file.bytes()));
    }
    for (DirectoryReport.StateSnapshot snapshot : files.snapshots()) {
      line("snapshot", "slot " + snapshot.slot() + ": " + content(snapshot));
    }
    for (DirectoryReport.AppSnapshot snapshot : files.applicationSnapshots()) {
      line(
          "application",
          "snapshot of "
              + ValueText.text(snapshot.consumer())
              + " at index "
              + snapshot.index()
              + ": "
              + ValueText.bytes(snapshot.bytes()));
    }
  }

  private static String content(DirectoryReport.StateSnapshot snapshot) {
    return snapshot.bytes() == null
        ? "DAMAGED"
        : "index "
            + snapshot.index()
            + ", "
            + ValueText.bytes(snapshot.bytes())
            + ", digest "
            + snapshot.digest()
            + ", intact";
  }
}

package io.synod.backup.recovery;

import io.synod.backup.BackupSummary;
import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ValueText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A report on what is recovered as text. It is used once. */
final class RecoveryText {
  private static final Columns LINES = Columns.none().left("", 12).left("", 0);
  private static final Columns SLOTS =
      Columns.none()
          .right("SLOT", 8)
          .left("BALLOT", 8)
          .left("STATE", 8)
          .right("COMMANDS", 8)
          .right("NODE", 5)
          .left("RECOVERED", 0);

  private final RecoveryReport report;
  private final List<String> lines = new ArrayList<>();

  RecoveryText(RecoveryReport report) {
    this.report = report;
  }

  List<String> lines() {
    RecoveryReport.LostCluster cluster = report.cluster();
    line(
        "cluster",
        "voters "
            + cluster.voters().stream().map(String::valueOf).collect(Collectors.joining(", "))
            + ", of which "
            + cluster.quorum()
            + " are a quorum; formation "
            + cluster.formation());
    report.survivors().forEach(this::survivor);
    recovered();
    losses();
    slots();
    return lines;
  }

  private void line(String label, String text) {
    lines.add(LINES.row(label, text));
  }

  private void survivor(RecoveryReport.SurvivorDocument survivor) {
    line(
        survivor.best() ? "best" : "survivor",
        "node "
            + survivor.node()
            + (survivor.voter() ? "" : ", whose disk has no vote")
            + ", "
            + ValueText.line(survivor.directory())
            + ": applied slot "
            + survivor.appliedSlot()
            + ", index "
            + survivor.appliedIndex()
            + "; last slot "
            + survivor.lastSlot()
            + "; promised ballot "
            + (survivor.promised() == null ? "none" : survivor.promised()));
    survivor.damage().forEach(fault -> line("damage", ValueText.line(fault)));
  }

  private void recovered() {
    RecoveryReport.RecoveredPosition recovered = report.recovered();
    line(
        "recovered",
        "slot "
            + recovered.slot()
            + ", index "
            + recovered.index()
            + ", log time "
            + recovered.logTime()
            + ", state digest "
            + recovered.stateDigest()
            + "; "
            + ValueText.count(recovered.keys(), "key", "keys"));
    line("chosen", "slots to " + recovered.chosenSlot() + " are known to be chosen");
  }

  private void losses() {
    List<RecoveryReport.RecoveredSlot> uncertain = report.uncertain();
    if (!uncertain.isEmpty()) {
      line(
          "uncertain",
          count(uncertain)
              + ": accepted, and may be chosen or not. Each slot gets the value with the"
              + " highest ballot on these disks: if any was chosen at that ballot or below, it is"
              + " this one. A later ballot may have chosen another one on the lost disks.");
    }
    List<RecoveryReport.RecoveredSlot> leftOut = report.leftOut();
    if (!leftOut.isEmpty()) {
      line(
          "LEFT OUT",
          count(leftOut)
              + ": no disk has slot "
              + (report.recovered().slot() + 1)
              + ", and a command must not run without those before it. synod inspect DIR log"
              + " --from "
              + leftOut.get(0).slot()
              + " shows them.");
    }
    line(
        "MAY BE LOST",
        "every command that was chosen after slot "
            + report.recovered().slot()
            + ", at log time "
            + report.recovered().logTime()
            + ", also if it was acknowledged. How many there are is on none of these disks.");
    for (HeldSnapshots.LostSnapshot lost : report.lostSnapshots()) {
      line(
          "LOST",
          "the snapshot of consumer "
              + ValueText.text(lost.consumer())
              + " at index "
              + lost.index()
              + ", which is on none of these disks");
    }
    for (BackupSummary.SavedConsumer consumer : report.consumers()) {
      if (consumer.lacks()) {
        line(
            "LOST",
            "what consumer "
                + ValueText.text(consumer.consumer())
                + " applied"
                + (consumer.snapshotIndex() == 0
                    ? ", since it has no snapshot"
                    : " after its snapshot at index " + consumer.snapshotIndex()));
      }
    }
  }

  private static String count(List<RecoveryReport.RecoveredSlot> slots) {
    long commands = slots.stream().mapToLong(RecoveryReport.RecoveredSlot::commands).sum();
    return ValueText.count(slots.size(), "slot", "slots")
        + " with "
        + ValueText.count(commands, "command", "commands");
  }

  private void slots() {
    if (report.slots().isEmpty()) {
      return;
    }
    lines.add(SLOTS.header());
    for (RecoveryReport.RecoveredSlot slot : report.slots()) {
      lines.add(
          SLOTS.row(
              slot.slot(),
              slot.ballot(),
              slot.chosen() ? "chosen" : "accepted",
              slot.commands() == 0 ? "no-op" : slot.commands(),
              slot.node(),
              slot.recovered() ? "yes" : "NO"));
    }
  }
}

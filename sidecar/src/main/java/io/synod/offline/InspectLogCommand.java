package io.synod.offline;

import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ValueText;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.storage.offline.OfflineDirectory;
import io.synod.storage.offline.OfflineSlot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code synod inspect DIR log} command. */
@CommandLine.Command(
    name = "log",
    description = {"Show the slots of the log in a data directory, with their commands.", ""},
    footer = {
      "",
      "A slot is chosen if this disk records that: it was applied, or learned from another node. A"
          + " slot that is only accepted has a vote of this node, and may be chosen or not."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class InspectLogCommand implements Callable<Integer> {
  private static final Columns SLOTS =
      Columns.none()
          .right("SLOT", 8)
          .left("BALLOT", 8)
          .left("STATE", 8)
          .right("COMMANDS", 8)
          .right("BYTES", 9)
          .left("LOG TIME", 24)
          .left("FILE", 0);
  private static final Columns COMMANDS =
      Columns.none().right("", 8).left("", 8).left("", 16).left("", 0);

  @Spec CommandSpec spec;

  @Mixin SlotOptions slots;

  private long left;

  /** One slot in JSON; the names of the components must not change. */
  record SlotDocument(
      long slot,
      String ballot,
      String state,
      int bytes,
      String logTime,
      String file,
      List<CommandDocument> commands) {}

  /** One command in JSON; its index is known once its slot was applied. */
  record CommandDocument(
      @Nullable Long index, @Nullable Integer node, String kind, int bytes, String text) {}

  /** Called by picocli. */
  public InspectLogCommand() {}

  @Override
  public Integer call() {
    InspectTarget target = InspectTarget.above(spec);
    slots.refuseFault(spec);
    InspectOutput output = target.output(spec);
    left = slots.most();
    try (OfflineDirectory directory = target.open()) {
      if (!output.json()) {
        output.print(SLOTS.header());
      }
      directory.visitLog(
          slots.from,
          slots.last(),
          slot -> {
            print(document(slot), slot.proposal().batch(), output);
            return --left > 0 && !output.unread();
          });
      return output.end(directory.faults().lines());
    }
  }

  private static SlotDocument document(OfflineSlot slot) {
    Batch batch = slot.proposal().batch();
    List<CommandDocument> commands = new ArrayList<>();
    long index = slot.firstIndex();
    for (Command command : batch.commands()) {
      CommandText text = CommandText.of(command);
      commands.add(
          new CommandDocument(
              index == 0 ? null : index + commands.size(),
              text.node() == 0 ? null : text.node(),
              text.kind(),
              command.size(),
              text.text()));
    }
    return new SlotDocument(
        slot.proposal().slot(),
        slot.proposal().ballot().toString(),
        slot.applied() ? "applied" : slot.chosen() ? "chosen" : "accepted",
        batch.size(),
        Instant.ofEpochMilli(batch.logTimeMillis()).toString(),
        slot.file(),
        commands);
  }

  private static String content(Batch batch) {
    if (batch.membership() != null) {
      return "voters";
    }
    return batch.isNoOp() ? "no-op" : String.valueOf(batch.count());
  }

  private static void print(SlotDocument slot, Batch batch, InspectOutput output) {
    if (output.json()) {
      output.printJson(slot);
      return;
    }
    output.print(
        SLOTS.row(
            slot.slot(),
            slot.ballot(),
            slot.state(),
            content(batch),
            slot.bytes(),
            slot.logTime(),
            slot.file()));
    for (CommandDocument command : slot.commands()) {
      output.print(
          COMMANDS.row(
              "",
              command.index() == null ? "-" : command.index(),
              command.kind(),
              (command.node() == null ? "" : ValueText.format("node %d: ", command.node()))
                  + command.text()));
    }
  }
}

package io.synod.offline;

import io.synod.cli.shared.Columns;
import io.synod.cli.shared.EnumNames;
import io.synod.storage.offline.OfflineDirectory;
import io.synod.storage.offline.OfflineRecord;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code synod inspect DIR votes} command. */
@Command(
    name = "votes",
    description = {"Show the promises and votes in a data directory, as they are recorded.", ""},
    footer = {
      "",
      "Votes for sealed slots come first, then the records of the tail in the order in which they"
          + " were written. A new file of the tail repeats the highest promise."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class InspectVotesCommand implements Callable<Integer> {
  private static final Columns RECORDS =
      Columns.none()
          .left("TIME", 24)
          .left("RECORD", 8)
          .right("SLOT", 8)
          .left("BALLOT", 8)
          .left("DIGEST", 8)
          .right("COMMANDS", 8)
          .right("BYTES", 9)
          .left("FILE", 0);

  @Spec CommandSpec spec;

  @Mixin SlotOptions slots;

  private long left;

  /** One record in JSON; the names of the components must not change. */
  record VoteDocument(
      String time,
      String record,
      @Nullable Long slot,
      String ballot,
      @Nullable String digest,
      @Nullable Integer commands,
      @Nullable Integer bytes,
      String file) {}

  /** Called by picocli. */
  public InspectVotesCommand() {}

  @Override
  public Integer call() {
    InspectTarget target = InspectTarget.above(spec);
    slots.refuseFault(spec);
    InspectOutput output = target.output(spec);
    left = slots.most();
    try (OfflineDirectory directory = target.open()) {
      if (!output.json()) {
        output.print(RECORDS.header());
      }
      directory.visitVotes(
          slots.from,
          slots.last(),
          record -> {
            print(document(record), output);
            return --left > 0 && !output.unread();
          });
      return output.end(directory.faults().lines());
    }
  }

  private static VoteDocument document(OfflineRecord record) {
    OfflineRecord.Value value = record.value();
    String time = Instant.ofEpochMilli(record.written().timeMillis()).toString();
    String kind = EnumNames.name("", record.kind());
    String ballot = record.ballot().toString();
    String file = record.written().file();
    return value == null
        ? new VoteDocument(time, kind, null, ballot, null, null, null, file)
        : new VoteDocument(
            time,
            kind,
            record.slot(),
            ballot,
            String.format(Locale.ROOT, "%08x", value.digest()),
            value.commands(),
            value.bytes(),
            file);
  }

  private static void print(VoteDocument record, InspectOutput output) {
    if (output.json()) {
      output.printJson(record);
      return;
    }
    output.print(
        RECORDS.row(
            record.time(),
            record.record(),
            shown(record.slot()),
            record.ballot(),
            shown(record.digest()),
            shown(record.commands()),
            shown(record.bytes()),
            record.file()));
  }

  private static String shown(@Nullable Object value) {
    return value == null ? "-" : value.toString();
  }
}

package io.synod.offline;

import io.synod.storage.offline.OfflineDirectory;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code synod inspect} command. */
@Command(
    name = "inspect",
    description = {
      "Show what the data directory of a stopped sidecar holds: its owner, promises, log, files and"
          + " snapshots. It changes nothing, and also reads a copy of a directory, or a read-only"
          + " volume.",
      ""
    },
    footer = {
      "",
      "It refuses a directory that a running sidecar uses. Each fault that is found is one line on"
          + " standard error, and the exit status is then 1.",
      "",
      "For example:",
      "  synod inspect /var/lib/synod --verify",
      "  synod inspect /var/lib/synod log --from 100 --limit 10"
    },
    subcommands = {InspectLogCommand.class, InspectVotesCommand.class})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class InspectCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Mixin(name = InspectTarget.NAME)
  InspectTarget target;

  /** Called by picocli. */
  public InspectCommand() {}

  @Override
  public Integer call() throws IOException {
    InspectOutput output = target.output(spec);
    try (OfflineDirectory opened = target.open()) {
      DirectoryReport report = new DirectorySurvey(opened, target.verify).report();
      if (output.json()) {
        output.printJson(report);
      } else {
        new ReportText(report).lines().forEach(output::print);
      }
      return output.end(report.faults());
    }
  }
}

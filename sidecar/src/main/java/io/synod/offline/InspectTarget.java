package io.synod.offline;

import io.synod.cli.shared.OutputFormat;
import io.synod.storage.offline.OfflineDirectory;
import java.nio.file.Path;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The directory to read, and how: what {@code synod inspect} and its subcommands share. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectTarget {
  static final String NAME = "target";

  @Parameters(paramLabel = "DIR", description = "The data directory.")
  Path directory;

  @Option(
      names = "--verify",
      description =
          "Read every record and snapshot, check all checksums, and decode the newest snapshot.")
  boolean verify;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "human|json",
      defaultValue = "human",
      scope = ScopeType.INHERIT,
      converter = OutputFormat.Converter.class,
      completionCandidates = OutputFormat.Converter.class,
      description = "Format: text, or one JSON document a line. Default: ${DEFAULT-VALUE}")
  OutputFormat outputFormat;

  /** Called by picocli. */
  InspectTarget() {}

  /** The target that was given to the command above this subcommand. */
  static InspectTarget above(CommandSpec spec) {
    InspectTarget target =
        (InspectTarget) Objects.requireNonNull(spec.parent().mixins().get(NAME)).userObject();
    if (target.verify) {
      throw new ParameterException(
          spec.commandLine(), "--verify reads the whole directory: leave out " + spec.name());
    }
    return target;
  }

  OfflineDirectory open() {
    return OfflineDirectory.open(directory);
  }

  InspectOutput output(CommandSpec spec) {
    return new InspectOutput(spec, outputFormat == OutputFormat.JSON);
  }
}

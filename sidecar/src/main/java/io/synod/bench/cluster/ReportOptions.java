package io.synod.bench.cluster;

import io.synod.cli.shared.OutputFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a benchmark that prints tables or JSON, and may write them to files too. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ReportOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "human|json",
      defaultValue = "human",
      converter = OutputFormat.Converter.class,
      completionCandidates = OutputFormat.Converter.class,
      description = "Tables, or one JSON document at the end. Default: ${DEFAULT-VALUE}")
  private OutputFormat outputFormat;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Writes the tables and every round into files in this directory too.")
  private @Nullable Path directory;

  /** Called by picocli. */
  public ReportOptions() {}

  /** Whether one JSON document is printed, and no table. */
  public boolean isJson() {
    return outputFormat == OutputFormat.JSON;
  }

  /** Where files are written; null if none are. */
  public @Nullable Path directory() {
    return directory;
  }
}

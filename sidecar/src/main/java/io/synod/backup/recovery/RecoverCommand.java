package io.synod.backup.recovery;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.synod.backup.BackupSummary;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.OutputFormat;
import io.synod.cli.shared.ValueText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code synod recover} command. */
@Command(
    name = "recover",
    description = {
      "Recover what is left of a cluster after a majority of its voters lost their disks for good.",
      "",
      "Without --write it is a dry run: it reads the data directories of stopped sidecars, and"
          + " shows what they give and what may be lost. With --write it also writes that as a"
          + " backup, of which `synod restore` makes a new cluster. It never changes a data"
          + " directory.",
      ""
    },
    footer = {
      "",
      "Stop every sidecar that is left, and give all of their directories: a command that is on"
          + " one of the disks only is recovered from it. It refuses disks that are still a quorum,"
          + " since a cluster with a quorum has lost nothing: start it.",
      "",
      "For example:",
      "  synod recover /mnt/node-3",
      "  synod recover /mnt/node-3 --cluster orders --write recovered.backup"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class RecoverCommand implements Callable<Integer> {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description = "The data directories of the nodes that are left.")
  List<Path> directories;

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "Write what is recovered as a backup to FILE, which must not exist.")
  @Nullable Path file;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      defaultValue = "synod",
      description =
          "The name of the cluster, which a backup holds and the disks do not. Default:"
              + " ${DEFAULT-VALUE}")
  String cluster;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "human|json",
      defaultValue = "human",
      converter = OutputFormat.Converter.class,
      completionCandidates = OutputFormat.Converter.class,
      description = "Format: text, or one JSON document. Default: ${DEFAULT-VALUE}")
  OutputFormat outputFormat;

  /** Called by picocli. */
  public RecoverCommand() {}

  @Override
  public Integer call() throws IOException {
    try (Survivors survivors = Survivors.open(directories)) {
      RecoveredCluster recovered = RecoveredCluster.of(survivors);
      BackupSummary backup = file == null ? null : recovered.write(file, cluster);
      long skip = recovered.skipIndexes(System.currentTimeMillis());
      print(RecoveryReport.of(recovered, backup, skip), backup);
      return ExitStatus.OK;
    }
  }

  private void print(RecoveryReport report, @Nullable BackupSummary backup) {
    PrintWriter out = spec.commandLine().getOut();
    if (outputFormat == OutputFormat.JSON) {
      out.println(GSON.toJson(report));
    } else {
      new RecoveryText(report).lines().forEach(out::println);
      if (file != null && backup != null) {
        out.println();
        out.println(file + ": " + backup.text());
      }
      out.println();
      next(report).forEach(out::println);
    }
    out.flush();
  }

  private List<String> next(RecoveryReport report) {
    if (file == null) {
      return List.of(
          "Nothing was written. If no other disk can be saved, run:",
          "  synod recover "
              + directories.stream()
                  .map(directory -> ValueText.word(directory.toString()))
                  .collect(Collectors.joining(" "))
              + " --cluster NAME --write FILE");
    }
    return List.of(
        "Run this on every node of the new cluster, with the configuration with which its sidecar"
            + " will start, and an empty data directory:",
        "  synod restore "
            + ValueText.word(file.toAbsolutePath().toString())
            + " --skip-indexes "
            + report.skipIndexes()
            + " --config CONFIG",
        "With --skip-indexes "
            + report.skipIndexes()
            + " it gives no index, session or fencing token again that the lost cluster gave after"
            + " index "
            + report.recovered().index()
            + ".");
  }
}

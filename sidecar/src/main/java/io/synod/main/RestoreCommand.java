package io.synod.main;

import io.synod.backup.Restoration;
import io.synod.cli.shared.ExitStatus;
import io.synod.config.Config;
import io.synod.config.ConfigException;
import io.synod.config.ConfigReader;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.DirectoryException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The {@code synod restore} command. It takes the configuration with which the sidecar will start,
 * since the directory belongs to the cluster's name, voters and node in it.
 */
@Command(
    name = "restore",
    description = {
      "Make the data directory of one node of a new cluster from a backup.",
      "",
      "The cluster, node, peers and data directory are those of the configuration with which the"
          + " sidecar will start: options, SYNOD_* variables, or a file, as for serve.",
      ""
    },
    footer = {
      "",
      "Restore every node from the same FILE with the same --skip-indexes, cluster and peers, and"
          + " then start them all. For example:",
      "  synod restore nightly.backup --node 1 --peers 1=a:7402,2=b:7402,3=c:7402"
          + " --data /var/lib/synod"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class RestoreCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The backup.")
  Path file;

  @Option(
      names = "--skip-indexes",
      paramLabel = "N",
      defaultValue = "1000000000",
      description =
          "Continue with indexes this much above the backup's: more than the original cluster, or"
              + " another that was restored from FILE, has given since. Default:"
              + " ${DEFAULT-VALUE}")
  long skip;

  /** Called by picocli. */
  public RestoreCommand() {}

  @Override
  public Integer call() {
    if (skip < 1 || skip > Restoration.SKIP_MAX) {
      return refuse(
          List.of("--skip-indexes must be from 1 to " + Restoration.SKIP_MAX), ExitStatus.USAGE);
    }
    Config config;
    try {
      config =
          ConfigReader.read(
              ConfigOptions.layers(spec.commandLine().getParseResult(), System.getenv()));
    } catch (ConfigException e) {
      return refuse(e.problems(), ExitStatus.USAGE);
    }
    Restoration restoration =
        new Restoration(
            file,
            Path.of(config.data()),
            Wiring.cluster(config),
            config.node(),
            new TreeSet<>(config.voters().keySet()),
            skip);
    try {
      report(config, restoration.run());
      return ExitStatus.OK;
    } catch (DirectoryException | JournalException | IOException e) {
      return refuse(List.of(String.valueOf(e.getMessage())), ExitStatus.ERROR);
    }
  }

  private void report(Config config, Restoration.Restored restored) {
    SnapshotMark mark = restored.mark();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: node %d of cluster %s, restored from cluster %s at index %d; it begins at index %d,"
            + " slot %d, state digest %016x, cluster digest %s%n",
        config.data(),
        config.node(),
        config.cluster(),
        restored.origin(),
        restored.backup().index(),
        mark.index(),
        mark.slot(),
        mark.digest(),
        Long.toHexString(restored.identity()));
    out.flush();
  }

  private int refuse(List<@Nullable String> lines, int status) {
    PrintWriter err = spec.commandLine().getErr();
    lines.forEach(line -> err.println("synod: " + line));
    err.flush();
    return status;
  }
}

package io.synod.main;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.synod.cli.shared.Console;
import io.synod.config.ConfigException;
import io.synod.config.ConfigReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Runs {@code synod} command lines in this process, which saves starting a JVM for each. */
public final class InProcess {
  private InProcess() {}

  /** The command line with all commands, without output. */
  public static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8);
    return Synod.commandLine(nowhere, nowhere);
  }

  /** The digest of the cluster's name and voters, as a sidecar with these options has it. */
  public static long cluster(String... options) {
    List<String> line = new ArrayList<>(List.of("serve"));
    line.addAll(List.of(options));
    CommandLine.ParseResult serve =
        commandLine().parseArgs(line.toArray(String[]::new)).subcommand();
    try {
      return Wiring.cluster(ConfigReader.read(ConfigOptions.layers(serve, Map.of())));
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Runs one command with these streams; returns its exit status. */
  public static int run(OutputStream out, OutputStream err, String... args) {
    Console data = new Console(out);
    Console talk = new Console(err);
    int status = Synod.commandLine(data, talk).execute(args);
    data.flush();
    talk.flush();
    return status;
  }
}

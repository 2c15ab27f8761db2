package io.synod.main.client;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs one command line and keeps what it printed. */
record Terminal(int exitStatus, String out, String err) {

  static Terminal run(String... args) {
    CommandLine line = new CommandLine(new Root());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int status = line.execute(args);
    return new Terminal(status, out.toString(), err.toString());
  }

  static Terminal run(CannedSidecar sidecar, String... args) {
    return run(
        Stream.concat(Stream.of(args), Stream.of("--endpoint", sidecar.endpoint()))
            .toArray(String[]::new));
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  @Command(
      name = "synod",
      subcommands = {
        ProposeCommand.class,
        ReadCommand.class,
        WatchCommand.class,
        StatusCommand.class,
        ExplainCommand.class,
        ElectionsCommand.class,
        TraceCommand.class,
        TransferCommand.class,
        SessionCommand.class
      })
  private static final class Root {}
}

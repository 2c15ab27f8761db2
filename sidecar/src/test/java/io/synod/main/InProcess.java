package io.synod.main;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.synod.cli.shared.Console;
import java.io.OutputStream;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Runs {@code synod} command lines in this process, which saves starting a JVM for each. */
public final class InProcess {
  private InProcess() {}

  /** The command line with all commands, without output. */
  public static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8);
    return Synod.commandLine(nowhere, nowhere);
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

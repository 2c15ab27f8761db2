package io.synod.main;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.synod.cli.shared.Console;
import java.io.OutputStream;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Runs the whole {@code synod} command line in this process, where a JVM each would cost much. */
public final class InProcess {
  private InProcess() {}

  /** The commands and their options; what they print is lost. */
  public static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8);
    return Synod.commandLine(nowhere, nowhere);
  }

  /** Runs one command that prints there, and returns its exit status. */
  public static int run(OutputStream out, OutputStream err, String... args) {
    Console data = new Console(out);
    Console talk = new Console(err);
    int status = Synod.commandLine(data, talk).execute(args);
    data.flush();
    talk.flush();
    return status;
  }
}

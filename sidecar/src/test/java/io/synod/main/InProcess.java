package io.synod.main;

import io.synod.cli.shared.Console;
import java.io.OutputStream;

/** Runs the whole {@code synod} command line in this process, where a JVM each would cost much. */
public final class InProcess {
  private InProcess() {}

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

package io.synod.offline;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.synod.cli.shared.ExitStatus;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The output of a command that reads a data directory. */
final class InspectOutput {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final CommandSpec spec;
  private final boolean json;

  InspectOutput(CommandSpec spec, boolean json) {
    this.spec = spec;
    this.json = json;
  }

  boolean json() {
    return json;
  }

  void print(String line) {
    spec.commandLine().getOut().println(line);
  }

  /** Prints one document on one line. */
  void printJson(Object document) {
    print(GSON.toJson(document));
  }

  /** Whether the reader of the output is gone, so that further output is useless. */
  boolean unread() {
    return spec.commandLine().getOut().checkError();
  }

  /** Prints a line for each fault to standard error; returns the exit status. */
  int end(List<String> faults) {
    spec.commandLine().getOut().flush();
    PrintWriter err = spec.commandLine().getErr();
    faults.forEach(fault -> err.println("synod: " + fault));
    err.flush();
    return faults.isEmpty() ? ExitStatus.OK : ExitStatus.ERROR;
  }
}

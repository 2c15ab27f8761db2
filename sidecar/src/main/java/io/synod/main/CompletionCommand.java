package io.synod.main;

import io.synod.cli.shared.ExitStatus;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code synod completion} command. */
@Command(
    name = "completion",
    description = {"Print a completion script for a shell.", ""},
    footer = {"", "In bash or zsh:  source <(synod completion bash)"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CompletionCommand implements Callable<Integer> {

  /** The supported shells. */
  enum Shell {
    bash,
    zsh
  }

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "bash|zsh", description = "The shell.")
  Shell shell;

  /** Called by picocli. */
  public CompletionCommand() {}

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    if (shell == Shell.zsh) {
      // The script is written for bash; zsh needs its compatibility layer loaded first.
      out.println("autoload -Uz compinit bashcompinit; compinit; bashcompinit");
    }
    out.print(AutoComplete.bash("synod", root));
    return ExitStatus.OK;
  }
}

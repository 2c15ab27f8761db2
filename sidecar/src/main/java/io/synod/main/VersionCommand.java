package io.synod.main;

import io.synod.cli.shared.ExitStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code synod version} command. */
@Command(
    name = "version",
    mixinStandardHelpOptions = false,
    description = {"Print the version of this program, and of the Java that runs it.", ""})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class VersionCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  /** Called by picocli. */
  public VersionCommand() {}

  @Override
  public Integer call() {
    Build build = Build.current();
    spec.commandLine()
        .getOut()
        .println(
            "synod "
                + build.version()
                + " revision "
                + build.revision()
                + " java "
                + Runtime.version());
    return ExitStatus.OK;
  }
}

package io.synod.cli.lock;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.v1.HoldRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code synod lock}. */
@Command(
    name = "lock",
    customSynopsis = "synod lock [OPTIONS] NAME -- COMMAND [ARGS...]",
    description = {"Runs a command while holding a lock, and gives the lock back at its end.", ""},
    footer = {
      "",
      "The command finds in its environment SYNOD_LOCK_NAME, SYNOD_FENCING_TOKEN and"
          + " SYNOD_ENDPOINT. It runs in a session of its own: it has this one's input and output,"
          + " but no /dev/tty (script -qc COMMAND /dev/null gives it one). The signals HUP, INT,"
          + " TERM, USR1, ALRM and WINCH are passed on to it; Ctrl-Z is refused; any other that"
          + " ends this kills the command.",
      "",
      "Before the lock is given back, what the command left running gets TERM, and KILL after"
          + " --grace. If this is killed, or stopped for longer than the lock is valid, a watchdog"
          + " kills the command at once. Both find every process that is in the command's session,"
          + " has its environment, or descends from such a one; a daemon that gave up all three,"
          + " or work handed to another service, is not found. It needs Linux, and sh, setsid,"
          + " timeout, dd, grep and sleep on the PATH.",
      "",
      "If the lock is lost, the command and what it started get TERM, and KILL after --grace."
          + " If it is not renewed in time, TERM comes so early that KILL comes before the lock"
          + " can be another's: --grace is then at most a quarter of the validity. A process may"
          + " yet be paused in between: hand the token to what the lock protects, and let that"
          + " refuse older ones.",
      "",
      "Exit status: the command's, 128 and more if a signal ended it. Its own, if the command did"
          + " not run, or not to its end:",
      "  3    not granted: held by another, and the command did not run",
      "  4    the lock was lost while the command ran, and the command was stopped",
      "  5    the sidecar cannot say, and the command did not run",
      "  127  there is no such command"
    })
public final class LockCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The lock.")
  String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "What to run, with its arguments.")
  List<String> what = new ArrayList<>();

  @Option(
      names = "--value",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What others see of the holder: see synod holder.")
  String value = "";

  @Mixin HoldOptions options = new HoldOptions();

  /** For picocli. */
  public LockCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    refuse(options.fault());
    HoldRequest request = options.request(name, ByteString.copyFromUtf8(value));
    try {
      return new LockedRun(this, name, options.grace)
          .run(() -> new HoldStream(channel, request, timeout), what);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Signals.exitStatus("INT");
    }
  }
}

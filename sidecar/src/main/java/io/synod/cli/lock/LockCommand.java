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

/** The {@code synod lock} command. */
@Command(
    name = "lock",
    customSynopsis = "synod lock [OPTIONS] NAME -- COMMAND [ARGS...]",
    description = {"Run a command while holding a lock, and release the lock when it ends.", ""},
    footer = {
      "",
      "The command's environment has SYNOD_LOCK_NAME, SYNOD_FENCING_TOKEN and SYNOD_ENDPOINT. It"
          + " runs in a session of its own, with the same input and output, but without /dev/tty"
          + " (script -qc COMMAND /dev/null provides one). The signals HUP, INT, TERM, USR1, ALRM"
          + " and WINCH are forwarded to it; Ctrl-Z is ignored; any other signal that ends synod"
          + " kills the command.",
      "",
      "Before the lock is released, processes that the command left behind get TERM, and KILL after"
          + " --grace. If synod is killed, or suspended for longer than the lock is valid, a"
          + " watchdog kills the command at once. Both find every process in the command's session,"
          + " with its environment, or descended from one of those. A daemon that gave up all"
          + " three, or work passed to another service, is not found. Required: Linux, and sh,"
          + " setsid, timeout, dd, grep and sleep on the PATH.",
      "",
      "If the lock is lost, the command and its descendants get TERM, and KILL after --grace. If"
          + " the lock is not renewed in time, TERM is sent early enough for KILL to come before"
          + " another can be granted the lock; --grace is then at most a quarter of the validity. A"
          + " process may still be paused in between: pass the token to the resource that the lock"
          + " protects, and let it refuse older tokens.",
      "",
      "Exit status: that of the command; 128 plus the number of the signal that ended it. If the"
          + " command did not run, or not to its end:",
      "  3    the lock is held by another; the command did not run",
      "  4    the lock was lost while the command ran; the command was stopped",
      "  5    the sidecar is not available; the command did not run",
      "  127  there is no such command"
    })
public final class LockCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The lock.")
  String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The command to run, with its arguments.")
  List<String> what = new ArrayList<>();

  @Option(
      names = "--value",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "A value that others see; see synod holder.")
  String value = "";

  @Mixin HoldOptions options = new HoldOptions();

  /** Called by picocli. */
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

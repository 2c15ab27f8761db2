package io.synod.cli.snapshot;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.AdminGrpc;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.TakeSnapshotResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code synod snapshot} command. */
@Command(
    name = "snapshot",
    description = {
      "Manage snapshots of the built-in state (take), and of a consumer's own state (put, get).",
      ""
    },
    subcommands = {SnapshotCommand.Take.class, SnapshotPutCommand.class, SnapshotGetCommand.class})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class SnapshotCommand implements Runnable {
  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** Called by picocli. */
  public SnapshotCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say take, put or get");
  }

  /** The {@code synod snapshot take} command. */
  @Command(
      name = "take",
      description = {
        "Take a snapshot of this sidecar's built-in state now, and trim its log as far as"
            + " possible.",
        ""
      })
  static final class Take extends ClientCommand {
    @Override
    protected int run(ManagedChannel channel) {
      TakeSnapshotResponse response =
          timed(AdminGrpc.newBlockingStub(channel))
              .takeSnapshot(TakeSnapshotRequest.getDefaultInstance());
      if (json()) {
        printJson(response);
      } else {
        print(
            ValueText.format(
                "at index %d, %s; the log is kept from index %d on",
                response.getIndex(),
                ValueText.bytes(response.getSizeBytes()),
                response.getOldestIndex()));
      }
      return ExitStatus.OK;
    }
  }
}

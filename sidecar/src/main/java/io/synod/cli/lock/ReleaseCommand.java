package io.synod.cli.lock;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ReleaseRequest;
import io.synod.v1.ReleaseResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code synod release}. */
@Command(
    name = "release",
    description = {
      "Takes a lock from its holder.",
      "The holder is told, but may be slow to hear it: what checks fencing tokens stays safe, what"
          + " does not is not.",
      ""
    },
    footer = {"", "Exits with 3 if another token than --token holds it."})
public final class ReleaseCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "The lock.")
  String name = "";

  @Option(
      names = "--token",
      paramLabel = "N",
      description = "Only from the hold with this fencing token; see synod holder.")
  @Nullable Long token;

  @Option(names = "--force", description = "Whoever holds it.")
  boolean force;

  /** For picocli. */
  public ReleaseCommand() {}

  @Override
  protected boolean acts() {
    return true;
  }

  @Override
  protected int run(ManagedChannel channel) {
    refuse((token == null) == !force ? "give --token N, or --force" : null);
    ReleaseResponse response =
        timed(LocksGrpc.newBlockingStub(channel))
            .release(
                ReleaseRequest.newBuilder()
                    .setName(name)
                    .setFencingToken(token == null ? 0 : token)
                    .setForce(force)
                    .build());
    if (json()) {
      printJson(response);
    } else {
      print(
          response.getReleasedToken() == 0
              ? "nobody held it"
              : "taken from token " + Long.toUnsignedString(response.getReleasedToken()));
    }
    return ExitStatus.OK;
  }
}

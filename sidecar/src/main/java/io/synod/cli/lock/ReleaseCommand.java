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

/** The {@code synod release} command. */
@Command(
    name = "release",
    description = {
      "Take a lock from its holder.",
      "The holder is notified, but may act on the lock until it is: only resources that check"
          + " fencing tokens are protected.",
      ""
    },
    footer = {"", "Exits with 3 if the lock is not held under --token."})
public final class ReleaseCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "The lock.")
  String name = "";

  @Option(
      names = "--token",
      paramLabel = "N",
      description = "Release only the hold with this fencing token; see synod holder.")
  @Nullable Long token;

  @Option(names = "--force", description = "Release it whoever holds it.")
  boolean force;

  /** Called by picocli. */
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

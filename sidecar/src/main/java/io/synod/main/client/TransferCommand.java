package io.synod.main.client;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.main.ExitStatus;
import io.synod.v1.AdminGrpc;
import io.synod.v1.Reason;
import io.synod.v1.TransferLeadershipRequest;
import io.synod.v1.TransferLeadershipResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code synod transfer}. */
@Command(
    name = "transfer",
    description = {"Hands leadership over, in order. To be asked of the leader's sidecar.", ""})
public final class TransferCommand extends ClientCommand {
  @Option(
      names = "--to",
      paramLabel = "NODE",
      defaultValue = "",
      description = "The next leader. Default: whoever is best prepared.")
  String to = "";

  @Option(
      names = "--if-leading",
      description = "Where another leads there is nothing to hand over, and all is well.")
  boolean ifLeading;

  /** For picocli. */
  public TransferCommand() {}

  @Override
  boolean acts() {
    return true;
  }

  @Override
  int run(ManagedChannel channel) {
    TransferLeadershipResponse response;
    try {
      response =
          timed(AdminGrpc.newBlockingStub(channel))
              .transferLeadership(TransferLeadershipRequest.newBuilder().setToNodeId(to).build());
    } catch (StatusRuntimeException e) {
      if (ifLeading && Failure.of(e, "", acts()).reason().equals(Reason.NOT_LEADER.name())) {
        say("does not lead: nothing to hand over");
        return ExitStatus.OK;
      }
      throw e;
    }
    if (json()) {
      printJson(response);
    } else if (response.getInfo().hasLeader()) {
      print(
          Shown.node(response.getInfo().getLeader().getNodeId())
              + " leads at ballot "
              + Shown.ballot(response.getInfo().getLeader()));
    } else {
      print("handed over; no leader is heard yet");
    }
    return ExitStatus.OK;
  }
}

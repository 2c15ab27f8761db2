package io.synod.cli.inspect;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.AdminGrpc;
import io.synod.v1.AdminGrpc.AdminBlockingStub;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.Reason;
import io.synod.v1.ResponseInfo;
import io.synod.v1.TransferLeadershipRequest;
import io.synod.v1.TransferLeadershipResponse;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code synod transfer}. */
@Command(
    name = "transfer",
    description = {"Hands leadership over, in order. To be asked of the leader's sidecar.", ""})
public final class TransferCommand extends ClientCommand {
  private static final long PAUSE_NANOS = 20_000_000;

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
  protected boolean acts() {
    return true;
  }

  @Override
  protected int run(ManagedChannel channel) {
    AdminBlockingStub admin = AdminGrpc.newBlockingStub(channel);
    TransferLeadershipResponse response;
    try {
      response =
          timed(admin)
              .transferLeadership(TransferLeadershipRequest.newBuilder().setToNodeId(to).build());
    } catch (StatusRuntimeException e) {
      if (ifLeading && CallFailure.of(e, "", acts()).reason().equals(Reason.NOT_LEADER.name())) {
        say("does not lead: nothing to hand over");
        return ExitStatus.OK;
      }
      throw e;
    }
    if (json()) {
      printJson(response);
      return ExitStatus.OK;
    }
    ResponseInfo info = nextLeader(admin, response.getInfo());
    print(
        led(info)
            ? "handed over: "
                + ValueText.node(info.getLeader().getNodeId())
                + " leads at ballot "
                + ValueText.ballot(info.getLeader())
            : "handed over; no leader is heard yet");
    return ExitStatus.OK;
  }

  /** Another leads, but the answer may be too early to name it: asks until it is named. */
  private ResponseInfo nextLeader(AdminBlockingStub admin, ResponseInfo first) {
    long deadline = System.nanoTime() + timeout.toNanos();
    ResponseInfo info = first;
    while (!led(info) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(PAUSE_NANOS);
      try {
        info = timed(admin).getStatus(GetStatusRequest.getDefaultInstance()).getInfo();
      } catch (StatusRuntimeException e) {
        // It is handed over, whoever may be told of it: a sidecar that stops may say no more.
        return info;
      }
    }
    return info;
  }

  private static boolean led(ResponseInfo info) {
    return info.hasLeader() && !info.getLeader().getNodeId().equals(info.getNodeId());
  }
}

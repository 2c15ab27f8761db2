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

/** The {@code synod transfer} command. */
@Command(
    name = "transfer",
    description = {"Transfer leadership to another node. Call it at the leader's sidecar.", ""})
public final class TransferCommand extends ClientCommand {
  private static final long PAUSE_NANOS = 20_000_000;

  @Option(
      names = "--to",
      paramLabel = "NODE",
      defaultValue = "",
      description = "The next leader. Default: the voter with the most complete log.")
  String to = "";

  @Option(
      names = "--if-leading",
      description = "Exit with 0 if another node leads, since there is nothing to transfer.")
  boolean ifLeading;

  /** Called by picocli. */
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
        printError("not the leader: nothing to transfer");
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
            : "handed over; the new leader is not known yet");
    return ExitStatus.OK;
  }

  /**
   * The answer that names the new leader. The first answer may come too early to do so, so the
   * status is polled.
   */
  private ResponseInfo nextLeader(AdminBlockingStub admin, ResponseInfo first) {
    long deadline = System.nanoTime() + timeout.toNanos();
    ResponseInfo info = first;
    while (!led(info) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(PAUSE_NANOS);
      try {
        info = timed(admin).getStatus(GetStatusRequest.getDefaultInstance()).getInfo();
      } catch (StatusRuntimeException e) {
        // Leadership was transferred, even if a stopping sidecar can no longer report it.
        return info;
      }
    }
    return info;
  }

  private static boolean led(ResponseInfo info) {
    return info.hasLeader() && !info.getLeader().getNodeId().equals(info.getNodeId());
  }
}

package io.synod.cli.inspect;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Shown;
import io.synod.cli.shared.Words;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.QuorumInfo;
import io.synod.v1.ResponseInfo;
import io.synod.v1.Status;
import picocli.CommandLine.Command;

/** {@code synod status}. */
@Command(
    name = "status",
    description = {"What this sidecar believes now.", ""},
    footer = {
      "",
      "Exits with 3 if no command can be chosen as far as it knows, or if it is quarantined because"
          + " its state differs from its peers'. Other alarms are told, and leave the exit status"
          + " alone."
    })
public final class StatusCommand extends ClientCommand {

  /** For picocli. */
  public StatusCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    Status status =
        timed(AdminGrpc.newBlockingStub(channel)).getStatus(GetStatusRequest.getDefaultInstance());
    if (json()) {
      printJson(status);
    } else {
      show(status);
    }
    return healthy(status) ? ExitStatus.OK : ExitStatus.UNHEALTHY;
  }

  private static boolean healthy(Status status) {
    return status.getAvailability() == Status.Availability.AVAILABILITY_AVAILABLE
        && !status.getAlarmsList().contains("quarantined");
  }

  private void show(Status status) {
    ResponseInfo info = status.getInfo();
    line(
        "node",
        "%s of cluster %s, %s, version %s",
        Shown.line(info.getNodeId()),
        Shown.line(info.getCluster()),
        Words.word("ROLE_", status.getRole()),
        Shown.line(status.getVersion()));
    for (String alarm : status.getAlarmsList()) {
      line("ALARM", "%s", Shown.line(alarm));
    }
    line("leader", "%s", leader(status));
    line("quorum", "%s", quorum(status));
    if (!status.getProblem().isEmpty()) {
      line("PROBLEM", "%s", Shown.line(status.getProblem()));
    }
    line("promised", "ballot %s", Shown.ballot(status.getPromised()));
    line("slots", "%d chosen, %d applied", status.getChosenSlot(), status.getAppliedSlot());
    line("log", "indexes %d to %d", status.getOldestIndex(), info.getAppliedIndex());
    line("digest", "%s", Shown.line(status.getStateDigest()));
    line("pending", "%s", Shown.count(status.getPendingProposals(), "proposal", "proposals"));
    line("disk", "%s", of(status.getDiskBytes(), status.getState().getDiskBytesMax()));
    if (status.hasState()) {
      sizes(status);
    }
    line("incarnation", "%s", Shown.line(status.getIncarnation()));
    for (Status.Peer peer : status.getPeersList()) {
      line(
          "peer " + Shown.line(peer.getNodeId()),
          "%s, %d slots chosen (%d behind)%s",
          (peer.getConnected() ? "connected" : "NOT CONNECTED")
              + (status.getQuorum().getVotesLostList().contains(peer.getNodeId())
                  ? ", VOTE LOST"
                  : ""),
          peer.getChosenSlot(),
          Math.max(0, status.getChosenSlot() - peer.getChosenSlot()),
          peer.hasRoundTrip() ? ", round trip " + Shown.span(peer.getRoundTrip()) : "");
    }
  }

  private void sizes(Status status) {
    Status.StateSize state = status.getState();
    line(
        "state",
        "%s, %s, %s, %s; %s",
        Shown.count(state.getKeys(), "key", "keys"),
        Shown.count(state.getSessions(), "session", "sessions"),
        Shown.count(state.getLocks(), "lock", "locks"),
        Shown.count(state.getConsumers(), "consumer", "consumers"),
        of(state.getBytes(), state.getBytesMax()));
    line(
        "snapshot",
        "%s",
        status.getSnapshotIndex() == 0
            ? "none yet"
            : "at index "
                + status.getSnapshotIndex()
                + ", "
                + Shown.bytes(status.getSnapshotBytes()));
  }

  private static String of(long bytes, long max) {
    return Shown.bytes(bytes) + (max == 0 ? "" : " of " + Shown.bytes(max));
  }

  private static String quorum(Status status) {
    QuorumInfo quorum = status.getQuorum();
    boolean formed =
        switch (status.getAvailability()) {
          case AVAILABILITY_NOT_FORMED, AVAILABILITY_FORMATION_BLOCKED -> false;
          default -> true;
        };
    int required = formed ? quorum.getRequired() : quorum.getVoters();
    return Shown.format(
        "%s: %d of %d voters reachable, %d needed%s",
        formed && quorum.getReachable() >= required ? "yes" : "NO",
        quorum.getReachable(),
        quorum.getVoters(),
        required,
        formed ? "" : " to form");
  }

  private static String leader(Status status) {
    ResponseInfo info = status.getInfo();
    if (!info.hasLeader()) {
      return status.hasLeaderContact()
          ? "NONE; last heard " + Shown.span(status.getLeaderContact()) + " ago"
          : "NONE; never heard one";
    }
    String leader =
        Shown.node(info.getLeader().getNodeId()) + " at ballot " + Shown.ballot(info.getLeader());
    return status.hasLeaderContact()
        ? leader + ", heard " + Shown.span(status.getLeaderContact()) + " ago"
        : leader;
  }

  @FormatMethod
  private void line(String label, @FormatString String format, Object... args) {
    print(Shown.format("%-12s ", label) + Shown.format(format, args));
  }
}

package io.synod.cli.inspect;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.Columns;
import io.synod.cli.shared.EnumNames;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.QuorumInfo;
import io.synod.v1.ResponseInfo;
import io.synod.v1.Status;
import picocli.CommandLine.Command;

/** The {@code synod status} command. */
@Command(
    name = "status",
    description = {"Show the status of this sidecar, and of the cluster as it knows it.", ""},
    footer = {
      "",
      "Exits with 3 if no command can be chosen as far as it knows, or if it is quarantined because"
          + " its state differs from its peers'. Other alarms are shown, and do not change the exit"
          + " status."
    })
public final class StatusCommand extends ClientCommand {
  private static final Columns LINES = Columns.none().left("", 11).left("", 0);

  /** Called by picocli. */
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
        ValueText.line(info.getNodeId()),
        ValueText.line(info.getCluster()),
        EnumNames.name("ROLE_", status.getRole()),
        ValueText.line(status.getVersion()));
    for (String alarm : status.getAlarmsList()) {
      line("ALARM", "%s", ValueText.line(alarm));
    }
    line("leader", "%s", leader(status));
    line("quorum", "%s", quorum(status));
    if (!status.getProblem().isEmpty()) {
      line("PROBLEM", "%s", ValueText.line(status.getProblem()));
    }
    line("promised", "ballot %s", ValueText.ballot(status.getPromised()));
    line("slots", "%d chosen, %d applied", status.getChosenSlot(), status.getAppliedSlot());
    line("log", "%s", log(status.getOldestIndex(), info.getAppliedIndex()));
    line("digest", "%s", ValueText.line(status.getStateDigest()));
    line("pending", "%s", ValueText.count(status.getPendingProposals(), "proposal", "proposals"));
    line("disk", "%s", of(status.getDiskBytes(), status.getState().getDiskBytesMax()));
    if (status.hasState()) {
      sizes(status);
    }
    line("level", "%d; this version supports %d", status.getLevel(), status.getSupportedLevel());
    line("incarnation", "%s", ValueText.line(status.getIncarnation()));
    for (Status.Peer peer : status.getPeersList()) {
      line(
          "peer " + ValueText.line(peer.getNodeId()),
          "%s, %d slots chosen (%d behind)%s",
          (peer.getConnected() ? "connected" : "NOT CONNECTED")
              + (status.getQuorum().getVotesLostList().contains(peer.getNodeId())
                  ? ", VOTE LOST"
                  : ""),
          peer.getChosenSlot(),
          Math.max(0, status.getChosenSlot() - peer.getChosenSlot()),
          peer.hasRoundTrip() ? ", round trip " + ValueText.span(peer.getRoundTrip()) : "");
    }
  }

  private static String log(long oldest, long applied) {
    if (oldest <= applied) {
      return "indexes " + oldest + " to " + applied;
    }
    return applied == 0 ? "empty" : "empty above index " + applied;
  }

  private void sizes(Status status) {
    Status.StateSize state = status.getState();
    line(
        "state",
        "%s, %s, %s, %s; %s",
        ValueText.count(state.getKeys(), "key", "keys"),
        ValueText.count(state.getSessions(), "session", "sessions"),
        ValueText.count(state.getLocks(), "lock", "locks"),
        ValueText.count(state.getConsumers(), "consumer", "consumers"),
        of(state.getBytes(), state.getBytesMax()));
    line(
        "snapshot",
        "%s",
        status.getSnapshotIndex() == 0
            ? "none yet"
            : "at index "
                + status.getSnapshotIndex()
                + ", "
                + ValueText.bytes(status.getSnapshotBytes()));
  }

  private static String of(long bytes, long max) {
    return ValueText.bytes(bytes) + (max == 0 ? "" : " of " + ValueText.bytes(max));
  }

  private static String quorum(Status status) {
    QuorumInfo quorum = status.getQuorum();
    boolean formed =
        switch (status.getAvailability()) {
          case AVAILABILITY_NOT_FORMED, AVAILABILITY_FORMATION_BLOCKED -> false;
          default -> true;
        };
    int required = formed ? quorum.getRequired() : quorum.getVoters();
    return ValueText.format(
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
          ? "NONE; last contact " + ValueText.span(status.getLeaderContact()) + " ago"
          : "NONE; no contact yet";
    }
    String leader =
        ValueText.node(info.getLeader().getNodeId())
            + " at ballot "
            + ValueText.ballot(info.getLeader());
    return status.hasLeaderContact()
        ? leader + ", heard " + ValueText.span(status.getLeaderContact()) + " ago"
        : leader;
  }

  @FormatMethod
  private void line(String label, @FormatString String format, Object... args) {
    print(LINES.row(label, ValueText.format(format, args)));
  }
}

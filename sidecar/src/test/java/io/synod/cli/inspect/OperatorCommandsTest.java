package io.synod.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Code;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.Election;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.LeaderHint;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.ListElectionsResponse;
import io.synod.v1.QuorumInfo;
import io.synod.v1.ResponseInfo;
import io.synod.v1.Status;
import io.synod.v1.StreamTraceRequest;
import io.synod.v1.TraceEvent;
import io.synod.v1.TransferLeadershipRequest;
import io.synod.v1.TransferLeadershipResponse;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
final class OperatorCommandsTest {
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  private static Status.Builder status(int reachable) {
    return Status.newBuilder()
        .setInfo(CannedSidecar.info(1200))
        .setVersion("0.1.0")
        .setRole(Status.Role.ROLE_FOLLOWER)
        .setIncarnation("00ab")
        .setPromised(CannedSidecar.ballot(3, "1"))
        .setQuorum(QuorumInfo.newBuilder().setVoters(3).setReachable(reachable).setRequired(2))
        .setAvailabilityValue(reachable < 2 ? 4 : 1)
        .setAppliedSlot(77)
        .setChosenSlot(80)
        .setOldestIndex(1)
        .setPendingProposals(1)
        .setDiskBytes(4096)
        .setStateDigest("cafe")
        .setLevel(1)
        .setSupportedLevel(2)
        .setLeaderContact(Durations.fromMillis(40))
        .addPeers(
            Status.Peer.newBuilder()
                .setNodeId("2")
                .setConnected(true)
                .setChosenSlot(78)
                .setRoundTrip(Durations.fromMicros(420)))
        .addPeers(Status.Peer.newBuilder().setNodeId("3"));
  }

  @Test
  void showsTheStatusOfAHealthyNode() {
    sidecar.answer(GetStatusRequest.class, status(3).build());

    Terminal run = Terminal.run(sidecar, "status");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out())
        .isEqualTo(
            """
            node         1 of cluster demo, follower, version 0.1.0
            leader       node 1 at ballot 3.1, heard 40 ms ago
            quorum       yes: 3 of 3 voters reachable, 2 needed
            promised     ballot 3.1
            slots        80 chosen, 77 applied
            log          indexes 1 to 1200
            digest       cafe
            pending      1 proposal
            disk         4,096 bytes
            level        1; this version supports 2
            incarnation  00ab
            peer 2       connected, 78 slots chosen (2 behind), round trip 0.42 ms
            peer 3       NOT CONNECTED, 0 slots chosen (80 behind)
            """);
  }

  /** As after a start, and after a restore. */
  @Test
  void showsThatTheLogIsEmpty() {
    Status none = status(3).setInfo(CannedSidecar.info(0)).build();
    sidecar.answer(GetStatusRequest.class, none);
    assertThat(Terminal.run(sidecar, "status").outLines()).contains("log          empty");

    sidecar.answer(GetStatusRequest.class, status(3).setOldestIndex(1201).build());
    assertThat(Terminal.run(sidecar, "status").outLines())
        .contains("log          empty above index 1200");
  }

  @Test
  void showsWhatAnOperatorMustMend() {
    sidecar.answer(GetStatusRequest.class, status(1).setProblem("wipe\nthem").build());

    assertThat(Terminal.run(sidecar, "status").out()).contains("\nPROBLEM      wipe them\n");
  }

  @Test
  void showsSizesTheSnapshotAndWhatNeedsAnEye() {
    sidecar.answer(
        GetStatusRequest.class,
        status(3)
            .addAlarms("consumer_lapsed:orders")
            .setState(
                Status.StateSize.newBuilder()
                    .setKeys(1_000_000)
                    .setBytes(300)
                    .setBytesMax(1000)
                    .setDiskBytesMax(8192)
                    .setSessions(1)
                    .setLocks(2)
                    .setConsumers(3))
            .setSnapshotIndex(900)
            .setSnapshotBytes(256)
            .build());

    Terminal run = Terminal.run(sidecar, "status");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.outLines())
        .contains(
            "ALARM        consumer_lapsed:orders",
            "disk         4,096 bytes of 8,192 bytes",
            "state        1,000,000 keys, 1 session, 2 locks, 3 consumers;"
                + " 300 bytes of 1,000 bytes",
            "snapshot     at index 900, 256 bytes");
  }

  @Test
  void exitsWithUnhealthyInQuarantine() {
    sidecar.answer(GetStatusRequest.class, status(3).addAlarms("quarantined").build());

    assertThat(Terminal.run(sidecar, "status").exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
  }

  @Test
  void exitsWithUnhealthyWithoutAQuorum() {
    sidecar.answer(GetStatusRequest.class, status(1).build());

    Terminal run = Terminal.run(sidecar, "status");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(run.out()).contains("NO: 1 of 3 voters reachable, 2 needed");
  }

  @Test
  void exitsWithUnhealthyWithoutALeader() throws IOException {
    Status leaderless =
        status(3)
            .setInfo(CannedSidecar.info(7).toBuilder().clearLeader())
            .setAvailabilityValue(6)
            .build();
    sidecar.answer(GetStatusRequest.class, leaderless);

    Terminal run = Terminal.run(sidecar, "status", "-o", "json");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    Status.Builder parsed = Status.newBuilder();
    JsonFormat.parser().merge(run.out(), parsed);
    assertThat(parsed.build()).isEqualTo(leaderless);
    assertThat(Terminal.run(sidecar, "status").out()).contains("NONE; last contact 40 ms ago");
  }

  @Test
  void listsElections() {
    sidecar.answer(
        ListElectionsRequest.class,
        ListElectionsResponse.newBuilder()
            .addElections(
                Election.newBuilder()
                    .setBallot(CannedSidecar.ballot(3, "1"))
                    .setResult(Election.Result.RESULT_WON)
                    .setReason("no leader")
                    .addPromisedBy("1")
                    .addPromisedBy("2")
                    .setStartTime(Timestamps.fromMillis(1_700_000_000_000L))
                    .setEndTime(Timestamps.fromMillis(1_700_000_000_012L)))
            .addElections(
                Election.newBuilder()
                    .setBallot(CannedSidecar.ballot(2, "3"))
                    .setResult(Election.Result.RESULT_OPEN)
                    .addRefusedBy("1")
                    .setStartTime(Timestamps.fromMillis(1_699_999_999_000L)))
            .build());

    Terminal run = Terminal.run(sidecar, "elections", "--limit=5");

    assertThat(run.out().lines())
        .containsExactly(
            "BEGUN                       BALLOT  RESULT  TOOK        PROMISED BY       "
                + " REFUSED BY         REASON",
            "2023-11-14T22:13:20.000Z       3.1  won     12 ms       nodes 1, 2        "
                + " -                  no leader",
            "2023-11-14T22:13:19.000Z       2.3  open    -           -                 "
                + " node 1");
    assertThat(sidecar.requests(ListElectionsRequest.class).get(0).getLimit()).isEqualTo(5);
  }

  private static TraceEvent event(long number, TraceEvent.Type type) {
    return TraceEvent.newBuilder()
        .setNumber(number)
        .setNodeId("1")
        .setPeerId("2")
        .setType(type)
        .setBallot(CannedSidecar.ballot(3, "1"))
        .setFirstSlot(8)
        .setLastSlot(9)
        .setTime(Timestamps.fromMillis(1_700_000_000_000L))
        .build();
  }

  @Test
  void tracesEventsAndNamesTheGaps() {
    sidecar.answer(
        StreamTraceRequest.class,
        event(4, TraceEvent.Type.TYPE_ACCEPTED),
        event(7, TraceEvent.Type.TYPE_LEADER_CHANGED));

    Terminal run = Terminal.run(sidecar, "trace", "--from-oldest", "--count=2");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "2023-11-14T22:13:20.000Z       4  accepted       ballot 3.1       slots 8..9"
                + "  with node 2",
            "# gap: events 5 to 6 were dropped",
            "2023-11-14T22:13:20.000Z       7  leader-changed ballot 3.1       slots 8..9"
                + "  with node 2");
  }

  @Test
  void callsNoFilteredEventAGap() {
    sidecar.answer(
        StreamTraceRequest.class,
        event(4, TraceEvent.Type.TYPE_ACCEPTED),
        event(7, TraceEvent.Type.TYPE_LEADER_CHANGED));

    Terminal run =
        Terminal.run(sidecar, "trace", "--type=accepted,leader-changed", "--slot=8", "--count=2");

    assertThat(run.out()).doesNotContain("gap");
    assertThat(sidecar.requests(StreamTraceRequest.class))
        .containsExactly(
            StreamTraceRequest.newBuilder()
                .addTypes(TraceEvent.Type.TYPE_ACCEPTED)
                .addTypes(TraceEvent.Type.TYPE_LEADER_CHANGED)
                .setSlot(8)
                .build());
  }

  @Test
  void handsLeadershipOver() {
    ResponseInfo info =
        CannedSidecar.info(9).toBuilder().setLeader(CannedSidecar.ballot(4, "2")).build();
    sidecar.answer(
        TransferLeadershipRequest.class,
        TransferLeadershipResponse.newBuilder().setInfo(info).build());

    Terminal run = Terminal.run(sidecar, "transfer", "--to=2");

    assertThat(run.out().strip()).isEqualTo("handed over: node 2 leads at ballot 4.2");
    assertThat(sidecar.requests(TransferLeadershipRequest.class).get(0).getToNodeId())
        .isEqualTo("2");
  }

  @Test
  void asksAgainWhoLeadsWhenTheAnswerCameTooEarlyToKnow() {
    sidecar.answer(
        TransferLeadershipRequest.class,
        TransferLeadershipResponse.newBuilder().setInfo(CannedSidecar.info(9)).build());
    ResponseInfo later =
        CannedSidecar.info(9).toBuilder().setLeader(CannedSidecar.ballot(4, "2")).build();
    sidecar.answer(GetStatusRequest.class, status(3).setInfo(later).build());

    Terminal run = Terminal.run(sidecar, "transfer", "--timeout=9999999h");

    assertThat(run.out().strip()).isEqualTo("handed over: node 2 leads at ballot 4.2");
  }

  @Test
  void saysWhoLeadsWhenAskedElsewhere() {
    sidecar.refuse(
        TransferLeadershipRequest.class,
        CannedSidecar.error(
            Code.FAILED_PRECONDITION,
            "NOT_LEADER",
            "node 1 does not lead",
            LeaderHint.newBuilder().setNodeId("3").build()));

    Terminal run = Terminal.run(sidecar, "transfer");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.ERROR);
    assertThat(run.err().strip())
        .isEqualTo("synod: NOT_LEADER: node 1 does not lead (node 3 leads)");
  }

  @Test
  void transferringWhereAnotherLeadsIsWellIfSoAsked() {
    sidecar.refuse(
        TransferLeadershipRequest.class,
        CannedSidecar.error(
            Code.FAILED_PRECONDITION,
            "NOT_LEADER",
            "node 1 does not lead",
            LeaderHint.newBuilder().setNodeId("3").build()));

    Terminal run = Terminal.run(sidecar, "transfer", "--if-leading");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.OK);
    assertThat(run.err()).contains("nothing to transfer");
  }

  @Test
  void everyCommandHasAHelp() {
    for (String command :
        new String[] {
          "propose",
          "read",
          "watch",
          "status",
          "explain",
          "elections",
          "trace",
          "transfer",
          "session"
        }) {
      Terminal run = Terminal.run(command, "--help");
      assertThat(run.exitStatus()).as(command).isZero();
      assertThat(run.out()).as(command).startsWith("Usage: synod " + command);
    }
  }
}

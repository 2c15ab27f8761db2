package io.synod.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.NodeCondition;
import io.synod.api.TestServer;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.LeaderHint;
import io.synod.v1.Reason;
import io.synod.v1.Status;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.TakeSnapshotResponse;
import io.synod.v1.TransferLeadershipRequest;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class AdminTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private AdminGrpc.AdminBlockingStub admin() {
    return AdminGrpc.newBlockingStub(server.channel);
  }

  private static TransferLeadershipRequest to(String node) {
    return TransferLeadershipRequest.newBuilder().setToNodeId(node).build();
  }

  @Test
  void tellsWhatTheNodeBelieves() {
    Status status = admin().getStatus(GetStatusRequest.getDefaultInstance());

    assertThat(status.getVersion()).isEqualTo("1.2.3");
    assertThat(status.getRole()).isEqualTo(Status.Role.ROLE_LEADER);
    assertThat(status.getIncarnation()).isEqualTo("0000000000000abc");
    assertThat(status.getPromised().getRound()).isEqualTo(7);
    assertThat(status.getQuorum().getRequired()).isEqualTo(2);
    assertThat(status.getStateDigest()).isEqualTo("0000000000001234");
    assertThat(Durations.toMillis(status.getLeaderContact())).isEqualTo(1);
    assertThat(status.getPeers(0).getConnected()).isTrue();
    assertThat(status.getPeers(0).hasRoundTrip()).isTrue();
    assertThat(status.getPeers(1).getNodeId()).isEqualTo("3");
    assertThat(status.getPeers(1).hasRoundTrip()).isFalse();
  }

  @Test
  void tellsOfTheSnapshotThatWasTakenOrWhyNoneWas() {
    SnapshotMark mark = new SnapshotMark(9, 17, 0, 0);
    server.node.snapshotOutcome = new SnapshotOutcome.Taken(mark, 4_096);
    TakeSnapshotResponse taken = admin().takeSnapshot(TakeSnapshotRequest.getDefaultInstance());
    assertThat(taken.getIndex()).isEqualTo(17);
    assertThat(taken.getSizeBytes()).isEqualTo(4_096);
    assertThat(taken.getOldestIndex()).isEqualTo(1);

    server.node.snapshotOutcome = new SnapshotOutcome.Failed("the disk is full");
    CallError failed =
        CallError.by(() -> admin().takeSnapshot(TakeSnapshotRequest.getDefaultInstance()));
    assertThat(failed.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(failed.reason()).isEqualTo(Reason.SNAPSHOT_NOT_TAKEN);

    server.node.snapshotOutcome = new SnapshotOutcome.Late();
    CallError late =
        CallError.by(() -> admin().takeSnapshot(TakeSnapshotRequest.getDefaultInstance()));
    assertThat(late.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
  }

  @Test
  void saysWhatAnOperatorMustMend() {
    assertThat(admin().getStatus(GetStatusRequest.getDefaultInstance()).getProblem()).isEmpty();

    server.node.feel(NodeCondition.BLOCKED);

    assertThat(admin().getStatus(GetStatusRequest.getDefaultInstance()).getProblem())
        .contains("node 3", "wipe")
        .doesNotContain("\n");
  }

  @Test
  void handsLeadershipOver() {
    assertThat(admin().transferLeadership(to("2")).getInfo().getCluster()).isEqualTo("town");
    assertThat(admin().transferLeadership(to("")).getInfo().getCluster()).isEqualTo("town");
  }

  @Test
  void saysWhenNobodyTookOverInTime() {
    CallError callError = CallError.by(() -> admin().transferLeadership(to("3")));

    assertThat(callError.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(callError.reason()).isEqualTo(Reason.NOT_HANDED_OVER);
  }

  @Test
  void pointsToTheLeaderWhenItIsNotOne() {
    server.node.feel(NodeCondition.FOLLOWING);

    CallError callError = CallError.by(() -> admin().transferLeadership(to("2")));

    assertThat(callError.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(callError.reason()).isEqualTo(Reason.NOT_LEADER);
    assertThat(callError.detail(LeaderHint.class).getNodeId()).isEqualTo("2");
    assertThat(callError.detail(LeaderHint.class).getBallot().getRound()).isEqualTo(8);
  }
}

package io.synod.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.Terminal;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.QuorumInfo;
import io.synod.v1.Status;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code synod status} says of whether anything can be chosen. */
class StatusOfQuorumTest {
  private final CannedSidecar sidecar;

  StatusOfQuorumTest() throws IOException {
    sidecar = new CannedSidecar();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  private Terminal status(QuorumInfo.Builder quorum, Status.Availability availability) {
    sidecar.answer(
        GetStatusRequest.class,
        Status.newBuilder()
            .setInfo(CannedSidecar.info(1200))
            .setQuorum(quorum.setVoters(3).setRequired(2))
            .setAvailability(availability)
            .addPeers(Status.Peer.newBuilder().setNodeId("2").setConnected(true))
            .addPeers(Status.Peer.newBuilder().setNodeId("3"))
            .build());
    return Terminal.run(sidecar, "status");
  }

  @Test
  void showsWhoseVoteIsLost() {
    Terminal run =
        status(
            QuorumInfo.newBuilder().setReachable(2).addVotesLost("2"),
            Status.Availability.AVAILABILITY_AVAILABLE);

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out())
        .contains("\nquorum       yes: 2 of 3 voters reachable, 2 needed\n")
        .contains("\npeer 2       connected, VOTE LOST, 0 slots");
  }

  @Test
  void saysThatAClusterHasYetToForm() {
    Terminal run =
        status(
            QuorumInfo.newBuilder().setReachable(2), Status.Availability.AVAILABILITY_NOT_FORMED);

    assertThat(run.exitStatus()).isEqualTo(3);
    assertThat(run.out())
        .contains("\nquorum       NO: 2 of 3 voters reachable, 3 needed to form\n");
  }

  @Test
  void isNotWellWhileNobodyLeads() {
    Terminal run =
        status(QuorumInfo.newBuilder().setReachable(3), Status.Availability.AVAILABILITY_NO_LEADER);

    assertThat(run.exitStatus()).isEqualTo(3);
  }
}

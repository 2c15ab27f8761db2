package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Availability.Reason;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests the reasons that nodes report when nothing can be chosen. */
class AvailabilityTest {
  private static final Duration FIVE = Duration.ofSeconds(5);

  private final TestCluster cluster = new TestCluster(3);

  private NodeStatus status(int node) {
    return cluster.node(node).inspection().status();
  }

  private Availability reports(int node) {
    return status(node).availability();
  }

  private Availability refusal(int node) {
    Outcome outcome =
        cluster.await(cluster.node(node).proposer().propose("", TestLocks.text("x"), FIVE));
    assertThat(outcome).isInstanceOf(Outcome.Unavailable.class);
    return ((Outcome.Unavailable) outcome).why();
  }

  private void loseDisk(int node) {
    cluster.stop(node);
    cluster.wipe(node);
    cluster.start(node);
  }

  /**
   * The availability at node 1 of five under this leader, with nodes whose disks are full and nodes
   * that are down.
   */
  private static Availability led(int leader, Set<Integer> full, Set<Integer> gone) {
    return led(leader, full, gone, List.of());
  }

  /** The same, where the leader reported voters without space because of which it cannot choose. */
  private static Availability led(
      int leader, Set<Integer> full, Set<Integer> gone, List<Integer> reported) {
    List<View.Voter> voters = new ArrayList<>();
    for (int node = 1; node <= 5; node++) {
      boolean connected = !gone.contains(node);
      voters.add(new View.Voter(node, View.Vote.HELD, connected, full.contains(node)));
    }
    View.Electorate electorate = new View.Electorate(voters, 0, 0, List.of(), reported);
    Ballot ballot = new Ballot(1, 0, leader, 1);
    View.Role role = leader == 1 ? View.Role.LEADER : View.Role.FOLLOWER;
    return Availability.of(new View(role, ballot, ballot, 0, 0, 0, 0, 0, 0, electorate, List.of()));
  }

  @Test
  void whoHasNoRoomDoesNotCountAmongThoseThatChoose() {
    assertThat(led(1, Set.of(2, 3), Set.of()).isAvailable()).isTrue();
    assertThat(led(1, Set.of(2, 3, 4), Set.of()).reason()).isEqualTo(Reason.DISK_FULL);
    assertThat(led(1, Set.of(2, 3, 4), Set.of()).nodes()).containsExactly(2, 3, 4);
    assertThat(led(1, Set.of(2, 3), Set.of(4)).nodes()).containsExactly(2, 3);
    assertThat(led(1, Set.of(2), Set.of(4)).isAvailable()).isTrue();
    // The report of a node that is down no longer counts, and a quorum must be reachable at all.
    assertThat(led(1, Set.of(4), Set.of(4, 5)).isAvailable()).isTrue();
    assertThat(led(1, Set.of(2), Set.of(3, 4, 5)).reason()).isEqualTo(Reason.NO_QUORUM);
    // The leader may reach nodes that a follower does not.
    assertThat(led(2, Set.of(3, 4), Set.of(5)).isAvailable()).isTrue();
    assertThat(led(2, Set.of(3, 4, 5), Set.of()).reason()).isEqualTo(Reason.DISK_FULL);
    // What the leader reports of itself counts more.
    Availability reported = led(2, Set.of(3), Set.of(5), List.of(3, 4));
    assertThat(reported.reason()).isEqualTo(Reason.DISK_FULL);
    assertThat(reported.nodes()).containsExactly(3, 4);
  }

  @Test
  void theFirstStartWithTwoOfThreeNamesTheOneThatIsAwaited() {
    cluster.stop(3);
    cluster.run(3_000);
    for (int node = 1; node <= 2; node++) {
      assertThat(reports(node).reason()).isEqualTo(Reason.NOT_FORMED);
      assertThat(reports(node).nodes()).containsExactly(3);
      assertThat(reports(node).votes().reachable()).isEqualTo(2);
      assertThat(status(node).problem()).contains("waits for node 3", "2 of 3");
      for (View.Peer peer : status(node).peers()) {
        assertThat(peer.connected()).isEqualTo(peer.node() != 3);
      }
      assertThat(refusal(node)).isEqualTo(reports(node));
    }
    cluster.start(3);
    cluster.run(3_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(reports(node).isAvailable()).isTrue();
      assertThat(status(node).problem()).isEmpty();
    }
  }

  @Test
  void aVoterWithoutItsDiskCountsNobodysVoteAsItsOwn() {
    cluster.run(3_000);
    loseDisk(3);
    // The leader has not replaced the disk yet.
    cluster.run(800);
    for (int node = 1; node <= 3; node++) {
      assertThat(reports(node).votes()).isEqualTo(new Availability.Votes(3, 2, 2, List.of(3)));
      assertThat(status(node).reachable()).isEqualTo(2);
      assertThat(reports(node).isAvailable()).isTrue();
      assertThat(status(node).alarms()).containsExactly("vote_lost:3");
      assertThat(status(node).problem()).contains("the vote of node 3 is lost", "none may fail");
    }
    cluster.stop(1);
    cluster.run(3_000);
    for (int node = 2; node <= 3; node++) {
      assertThat(reports(node).reason()).isEqualTo(Reason.NO_QUORUM);
      assertThat(reports(node).nodes()).containsExactly(1);
      assertThat(status(node).reachable()).isEqualTo(1);
      assertThat(status(node).problem())
          .contains("node 1 is missing", "the vote of node 3 is lost");
      assertThat(refusal(node)).isEqualTo(reports(node));
    }
    cluster.start(1);
    cluster.run(3_000);
    assertThat(reports(1).isAvailable()).isTrue();
    assertThat(reports(1).votes()).isEqualTo(new Availability.Votes(3, 3, 2, List.of()));
  }

  @Test
  void twoLostDisksOfThreeAreToldOnEveryNodeAsTheEnd() {
    cluster.run(3_000);
    loseDisk(2);
    loseDisk(3);
    cluster.run(3_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(reports(node).reason()).isEqualTo(Reason.QUORUM_LOST);
      assertThat(reports(node).isForGood()).isTrue();
      assertThat(status(node).alarms())
          .containsExactly("vote_lost:2", "vote_lost:3", "quorum_lost");
      assertThat(status(node).problem()).contains("nothing can be chosen any more", "nodes 2, 3");
      assertThat(refusal(node)).isEqualTo(reports(node));
    }
  }

  @Test
  void aDiskThatReturnsBringsItsVoteBack() {
    cluster.run(3_000);
    cluster.stop(3);
    cluster.run(2_000);
    // A silent voter must not count as a wiped one.
    assertThat(status(1).alarms()).isEmpty();
    assertThat(reports(1).votes().reachable()).isEqualTo(2);
    cluster.start(3);
    cluster.run(2_000);
    assertThat(reports(1).votes()).isEqualTo(new Availability.Votes(3, 3, 2, List.of()));
  }

  @Test
  void aQuorumWithoutALeaderIsNotCalledTooSmall() {
    cluster.run(3_000);
    cluster.stop(cluster.leader());
    Set<Reason> seen = new TreeSet<>();
    for (int i = 0; i < 60; i++) {
      cluster.run(50);
      for (int node = 1; node <= 3; node++) {
        if (cluster.isUp(node)) {
          seen.add(reports(node).reason());
        }
      }
    }
    assertThat(seen).containsExactly(Reason.AVAILABLE, Reason.NO_LEADER);
  }

  @Test
  void whatTakesTooLongWithAllVotersReachableIsCalledSlow() {
    cluster.run(3_000);
    int follower = cluster.leader() % 3 + 1;
    cluster.lose(
        (link, message) ->
            message instanceof Message.ReadAsk || message instanceof Message.ReadAnswer);
    ReadFreshness late =
        cluster.await(
            cluster.node(follower).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, FIVE));
    assertThat(late).isInstanceOf(ReadFreshness.Unavailable.class);
    Availability why = ((ReadFreshness.Unavailable) late).why();
    assertThat(why.reason()).isEqualTo(Reason.AVAILABLE);
    assertThat(why.votes().reachable()).isEqualTo(3);
    assertThat(why.why()).contains("node " + cluster.leader());
  }

  @Test
  void aNodeThatStopsSaysSoInItsStatusToo() {
    cluster.run(3_000);
    CompletableFuture<Outcome> waiting =
        cluster.node(1).proposer().propose("", TestLocks.text("x"), FIVE);
    cluster.close(1);
    assertThat(waiting.join())
        .isInstanceOfSatisfying(
            Outcome.Unavailable.class, refused -> assertThat(refused.why()).isEqualTo(reports(1)));
    assertThat(reports(1).reason()).isEqualTo(Reason.STOPPING);
    assertThat(reports(1).votes().reachable()).isEqualTo(3);
    assertThat(reports(1).isUnrecoverable()).isTrue();
    assertThat(status(1).problem()).contains("this sidecar is stopping");
  }
}

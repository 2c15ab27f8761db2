package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the state of links, which counts from the sending of the newest answered heartbeat. */
class ConnectivityTest {
  private static final long NONE_OF_OURS = Long.MIN_VALUE;
  private static final Settings SETTINGS = Settings.defaults();
  private static final long TIMEOUT = SETTINGS.electionTimeoutNanos();
  private static final long BEAT = SETTINGS.heartbeatNanos();
  private static final int REMEMBERED = SETTINGS.heartbeatHistory();
  private static final Ballot MINE = new Ballot(4, 0, 1, 11);
  private static final Ballot OTHER = new Ballot(5, 0, 3, 13);

  private static final Member WIPED = new Member(2, 99);

  private final Connectivity connectivity = links(3, 7);

  private static Connectivity links(int nodes, long seed) {
    TreeSet<Integer> voters = new TreeSet<>(IntStream.rangeClosed(1, nodes).boxed().toList());
    TreeSet<Integer> peers = new TreeSet<>(voters.tailSet(2));
    return new Connectivity(
        new Self(1, 11, 0, voters, peers), SETTINGS, new SplittableRandom(seed));
  }

  private static Message.HeartbeatAck ack(long id, Ballot follows) {
    return ack(id, follows, 0);
  }

  private static Message.HeartbeatAck ack(long id, Ballot follows, long chosenThrough) {
    return new Message.HeartbeatAck(
        id, follows, false, true, chosenThrough, 0, 0, SteppedReplica.TIMES, false, List.of());
  }

  @Test
  void asksNobodyForWhatItLostWithItsDisk() {
    connectivity.onHeartbeatAck(150, voter(2), ack(connectivity.recordHeartbeat(100), MINE, 50));
    connectivity.onHeartbeatAck(150, voter(3), ack(connectivity.recordHeartbeat(100), MINE, 50));
    assertThat(connectivity.source(150, 40, 3, 0)).isEqualTo(2);
    connectivity.onHeartbeatAck(250, WIPED, ack(connectivity.recordHeartbeat(200), MINE, 0));
    assertThat(connectivity.source(250, 40, 3, 0)).isEqualTo(3);
    connectivity.onHeartbeat(2, 45);
    assertThat(connectivity.source(250, 40, 3, 0)).isEqualTo(2);
  }

  @Test
  void isConnectedForATimeOutAfterTheHeartbeatWasSentNotAfterItsAnswerCame() {
    long id = connectivity.recordHeartbeat(100);
    assertThat(connectivity.isConnected(2, 100)).isFalse();
    assertThat(connectivity.onHeartbeatAck(100 + TIMEOUT - 1, voter(2), ack(id, MINE)))
        .isEqualTo(100);
    assertThat(connectivity.isConnected(2, 100 + TIMEOUT)).isTrue();
    assertThat(connectivity.isConnected(2, 100 + TIMEOUT + 1)).isFalse();
    assertThat(connectivity.peers(100 + TIMEOUT).get(0).roundTripNanos()).isEqualTo(TIMEOUT - 1);
  }

  @Test
  void isFollowedAsOfTheSendingOfTheHeartbeat() {
    long first = connectivity.recordHeartbeat(100);
    long second = connectivity.recordHeartbeat(100 + BEAT);
    connectivity.onHeartbeatAck(200 + BEAT, voter(2), ack(second, MINE));
    // A late answer to an older heartbeat is ignored.
    assertThat(connectivity.onHeartbeatAck(300 + BEAT, voter(2), ack(first, OTHER))).isEqualTo(100);
    Membership three = membership(3);
    assertThat(connectivity.quorumFollowedAt(three, MINE, voter(1), 400 + BEAT))
        .isEqualTo(100 + BEAT);
    assertThat(connectivity.quorumFollowedAt(three, OTHER, voter(1), 400 + BEAT)).isNegative();
  }

  @Test
  void knowsTheAnswersToAsManyHeartbeatsAsItRemembersAndToNoOlderOne() {
    long first = connectivity.recordHeartbeat(100);
    long last = first;
    for (int i = 1; i < REMEMBERED; i++) {
      last = connectivity.recordHeartbeat(100 + i * BEAT);
    }
    long now = 100 + REMEMBERED * BEAT;
    assertThat(last).isEqualTo(first + REMEMBERED - 1);
    assertThat(connectivity.onHeartbeatAck(now, voter(2), ack(first, MINE))).isEqualTo(100);
    connectivity.recordHeartbeat(now);
    assertThat(connectivity.onHeartbeatAck(now, voter(3), ack(first, MINE)))
        .isEqualTo(NONE_OF_OURS);
    assertThat(connectivity.isConnected(3, now)).isFalse();
    assertThat(connectivity.onHeartbeatAck(now, voter(3), ack(first + 1, MINE)))
        .isEqualTo(100 + BEAT);
  }

  @Test
  void knowsNoHeartbeatThatItNeverSent() {
    long id = connectivity.recordHeartbeat(100);
    for (long other : new long[] {0, id - 1, id + 1, id + REMEMBERED, Long.MAX_VALUE}) {
      assertThat(connectivity.onHeartbeatAck(200, voter(2), ack(other, MINE)))
          .isEqualTo(NONE_OF_OURS);
    }
    assertThat(connectivity.onHeartbeatAck(200, voter(9), ack(id, MINE))).isEqualTo(NONE_OF_OURS);
    assertThat(connectivity.isConnected(2, 200)).isFalse();
  }

  /** Otherwise an answer to an earlier process of this node could count for the next one. */
  @Test
  void beginsAtAnotherIdInEachProcess() {
    Set<Long> seen = new HashSet<>();
    for (int process = 0; process < 100; process++) {
      Connectivity connectivity = links(3, process);
      for (int heartbeat = 0; heartbeat < 1_000; heartbeat++) {
        assertThat(seen.add(connectivity.recordHeartbeat(heartbeat)))
            .as("an id is used twice")
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
  void isFollowedByAQuorumSinceTheTimeThatMoreThanHalfConfirm(int voters) {
    Connectivity many = links(voters, 3);
    long now = 100 + voters * BEAT;
    // Node 2 answers the oldest heartbeat, and the last node the newest.
    for (int node = 2; node <= voters; node++) {
      long id = many.recordHeartbeat(100 + node * BEAT);
      many.onHeartbeatAck(now, voter(node), ack(id, MINE));
    }
    int others = voters / 2;
    long expected = others == 0 ? now : 100 + (voters - others + 1) * BEAT;
    assertThat(many.quorumFollowedAt(membership(voters), MINE, voter(1), now)).isEqualTo(expected);
    assertThat(many.reachable(membership(voters), node(1), now)).isEqualTo(voters);
  }

  @Test
  void countsNobodyWhoLostHisDiskForAVoter() {
    long id = connectivity.recordHeartbeat(100);
    connectivity.onHeartbeatAck(200, WIPED, ack(id, MINE));
    Membership three = membership(3);
    assertThat(connectivity.isConnected(2, 200)).isTrue();
    assertThat(connectivity.reachable(three, node(1), 200)).isEqualTo(1);
    assertThat(connectivity.leaderless(three, voter(1), Long.MIN_VALUE, 200)).isEqualTo(1);
    assertThat(connectivity.following(three, MINE, 0, 200)).isEqualTo(1);
    assertThat(connectivity.quorumFollowedAt(three, MINE, voter(1), 200)).isNegative();
    assertThat(connectivity.bestSuccessor(three, 200)).isZero();
  }

  @Test
  void doesNotCountItselfOnceItsOwnDiskIsLost() {
    long id = connectivity.recordHeartbeat(100);
    connectivity.onHeartbeatAck(200, voter(2), ack(id, MINE));
    Self wiped = new Self(1, 99, 0, new TreeSet<>(Set.of(1, 2, 3)), new TreeSet<>(Set.of(2, 3)));
    assertThat(connectivity.reachable(membership(3), wiped, 200)).isEqualTo(1);
  }

  private static Self node(int node) {
    TreeSet<Integer> all = new TreeSet<>(Set.of(1, 2, 3));
    return new Self(node, 10L + node, 0, all, new TreeSet<>(Set.of(2, 3)));
  }

  static Member voter(int node) {
    return new Member(node, 10L + node);
  }

  /** The first nodes, each with its original disk. */
  static Membership membership(int voters) {
    return new Membership(
        1,
        new TreeSet<>(IntStream.rangeClosed(1, voters).mapToObj(ConnectivityTest::voter).toList()),
        new TreeSet<>());
  }
}

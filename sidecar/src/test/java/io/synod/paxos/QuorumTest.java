package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests quorums of odd and even numbers of voters: a majority decides, and nothing less. */
class QuorumTest {
  // The majorities of one voter, of two, and so on.
  private static final List<Integer> MAJORITIES = List.of(1, 2, 2, 3, 3, 4, 4, 5, 5);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
  void electsAndChoosesWithAMajorityAndNotWithOneLess(int voters) {
    int majority = MAJORITIES.get(voters - 1);
    SteppedReplica node = SteppedReplica.of(voters);
    Ballot mine = node.stand();
    Message promise = new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0);
    for (int voter = 1; voter <= majority; voter++) {
      assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
      node.receive(voter, promise);
    }
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    for (int voter = 1; voter <= majority; voter++) {
      assertThat(node.view().chosenThrough()).isZero();
      node.receive(voter, new Message.Accepted(mine, 1, 1));
    }
    assertThat(node.view().chosenThrough()).isEqualTo(1);
    assertThat(node.view().quorum()).isEqualTo(majority);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9})
  void answersReadsOnceAMajorityStandsByItsBallot(int voters) {
    int majority = MAJORITIES.get(voters - 1);
    SteppedReplica node = SteppedReplica.of(voters);
    Ballot mine = lead(node, majority);
    node.receive(2, new Message.ReadAsk(2, 7, 1));
    for (int voter = 1; voter < majority; voter++) {
      List<Message.ReadAnswer> early =
          ofType(node.receive(voter, new Message.ReadProbeAck(mine, 1)).messages(), ANSWER);
      assertThat(early).isEmpty();
    }
    assertThat(ofType(node.receive(majority, new Message.ReadProbeAck(mine, 1)).messages(), ANSWER))
        .containsExactly(new Message.ReadAnswer(2, 7, 1));
  }

  private static final Class<Message.ReadAnswer> ANSWER = Message.ReadAnswer.class;

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9})
  void leadsWhileAMajorityFollowsAndNotWithOneLess(int voters) {
    int majority = MAJORITIES.get(voters - 1);
    assertThat(roleWith(voters, majority)).isEqualTo(View.Role.LEADER);
    assertThat(roleWith(voters, majority - 1)).isEqualTo(View.Role.FOLLOWER);
  }

  /** The role after a long time in which this many voters, including the node itself, follow it. */
  private static View.Role roleWith(int voters, int following) {
    SteppedReplica node = SteppedReplica.of(voters);
    Ballot mine = lead(node, MAJORITIES.get(voters - 1));
    for (int i = 0; i < 60; i++) {
      node.answerHeartbeats(node.silence(50), mine, following);
    }
    return node.view().role();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9})
  void standsOnlyWhenAMajorityHearsNoLeader(int voters) {
    int majority = MAJORITIES.get(voters - 1);
    assertThat(standsWith(voters, majority)).isTrue();
    assertThat(standsWith(voters, majority - 1)).isFalse();
  }

  private static boolean standsWith(int voters, int leaderless) {
    SteppedReplica node = SteppedReplica.of(voters);
    for (int i = 0; i < 60; i++) {
      Output output = node.silence(50);
      if (node.view().role() == View.Role.CANDIDATE) {
        return true;
      }
      node.answerHeartbeats(output, Ballot.NONE, leaderless);
    }
    return false;
  }

  private static Ballot lead(SteppedReplica node, int majority) {
    Ballot mine = node.stand();
    for (int voter = 1; voter <= majority; voter++) {
      node.receive(voter, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0));
    }
    for (int voter = 1; voter <= majority; voter++) {
      node.receive(voter, new Message.Accepted(mine, 1, 1));
    }
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    return mine;
  }
}

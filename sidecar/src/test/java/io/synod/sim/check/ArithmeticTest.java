package io.synod.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Formation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tests the checkers' arithmetic against fixed values, not against production code. */
class ArithmeticTest {
  private static final List<Integer> MAJORITIES = List.of(1, 2, 2, 3, 3, 4, 4, 5, 5);

  @Test
  void takesMoreThanHalfForAQuorum() {
    for (int voters = 1; voters <= MAJORITIES.size(); voters++) {
      Map<Integer, Long> formed = new TreeMap<>();
      for (int node = 1; node <= voters; node++) {
        formed.put(node, 100L + node);
      }
      int majority = MAJORITIES.get(voters - 1);
      assertThat(Arithmetic.isQuorum(majority, new Formation(formed))).isTrue();
      assertThat(Arithmetic.isQuorum(majority - 1, new Formation(formed))).isFalse();
    }
  }

  @Test
  void knowsAVoterByItsDisk() {
    Formation formed = new Formation(Map.of(1, 11L, 2, 12L));
    assertThat(Arithmetic.isVoter(formed, 2, 12)).isTrue();
    assertThat(Arithmetic.isVoter(formed, 2, 11)).isFalse();
    assertThat(Arithmetic.isVoter(formed, 3, 12)).isFalse();
  }

  @Test
  void ordersBallotsByRoundThenPriorityThenNodeThenDisk() {
    List<Ballot> rising =
        List.of(
            Ballot.NONE,
            new Ballot(1, 0, 1, 9),
            new Ballot(1, 0, 2, 1),
            new Ballot(1, 0, 2, 2),
            new Ballot(1, 1, 1, 1),
            new Ballot(2, 0, 1, 1));
    for (int low = 0; low < rising.size(); low++) {
      for (int high = 0; high < rising.size(); high++) {
        assertThat(Arithmetic.isAbove(rising.get(high), rising.get(low))).isEqualTo(high > low);
        assertThat(Arithmetic.highest(rising.get(high), rising.get(low)))
            .isEqualTo(rising.get(Math.max(high, low)));
      }
    }
  }
}

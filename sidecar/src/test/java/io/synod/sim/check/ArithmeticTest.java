package io.synod.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Member;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tests the checkers' arithmetic against fixed values, not against production code. */
class ArithmeticTest {
  private static final List<Integer> MAJORITIES = List.of(1, 2, 2, 3, 3, 4, 4, 5, 5);

  @Test
  void takesMoreThanHalfForAQuorum() {
    for (int voters = 1; voters <= MAJORITIES.size(); voters++) {
      Set<Member> all = members(voters);
      int majority = MAJORITIES.get(voters - 1);
      assertThat(Arithmetic.isQuorum(members(majority), all)).isTrue();
      assertThat(Arithmetic.isQuorum(members(majority - 1), all)).isFalse();
    }
  }

  private static Set<Member> members(int count) {
    Set<Member> members = new TreeSet<>();
    for (int node = 1; node <= count; node++) {
      members.add(new Member(node, 100L + node));
    }
    return members;
  }

  @Test
  void countsOnlyVotersWithTheirDisks() {
    Set<Member> some = Set.of(new Member(1, 101), new Member(2, 9), new Member(4, 104));
    assertThat(Arithmetic.isQuorum(some, members(3))).isFalse();
    assertThat(Arithmetic.isQuorum(some, members(1))).isTrue();
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

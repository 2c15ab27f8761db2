package io.synod.sim.check.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Tests the checker of snapshots and of trimming. */
class SnapshotOrderTest {
  private static final Ballot BALLOT = new Ballot(1, 0, 1, 11);
  private static final Bytes ONE = Bytes.of(new byte[] {1});
  private static final Bytes OTHER = Bytes.of(new byte[] {2});

  private final Checkers checkers = new Checkers();
  private final ObservedNode observedNode = new ObservedNode(1);
  private final ObservedNode other = new ObservedNode(3);
  private final ObservedNode behind = new ObservedNode(2);

  SnapshotOrderTest() {
    observedNode.begin(11);
    behind.begin(12);
    other.begin(13);
    Formation formation = new Formation(Map.of(1, 11L, 2, 12L, 3, 13L));
    checkers.happened(observedNode, new Event.Formed(formation, true));
    for (long slot = 1; slot <= 3; slot++) {
      Write vote = new Write.Accepted(new Proposal(slot, BALLOT, Batch.noOp(0)));
      for (ObservedNode voter : List.of(observedNode, other)) {
        voter.durable().take(vote);
        checkers.synced(voter, vote);
      }
    }
    observedNode.durable().take(new Write.Applied(2, List.of()));
    applies(observedNode, 4);
    applies(other, 2);
  }

  @Test
  void letsANodeTakeOneOfWhatItAppliedAndAnotherPullIt() {
    checkers.sealed(observedNode, mark(2), ONE);
    checkers.sealed(behind, mark(2), ONE);
    checkers.throwRecorded();
  }

  @Test
  void refusesOneOfWhatIsNotRecordedAsApplied() {
    applies(other, 3);
    breaks("I16", () -> checkers.sealed(observedNode, mark(3), ONE));
  }

  @Test
  void refusesOneOfWhatNoQuorumHasApplied() {
    observedNode.durable().take(new Write.Applied(3, List.of()));
    breaks("I16", () -> checkers.sealed(observedNode, mark(3), ONE));
  }

  @Test
  void countsWhatAVoterHadAppliedBeforeItRestarted() {
    observedNode.durable().take(new Write.Applied(3, List.of()));
    applies(other, 3);
    applies(other, 0);
    checkers.sealed(observedNode, mark(3), ONE);
    checkers.throwRecorded();
  }

  @Test
  void refusesOneOfWhatIsNotChosen() {
    observedNode.durable().take(new Write.Applied(4, List.of()));
    breaks("I16", () -> checkers.sealed(observedNode, mark(4), ONE));
  }

  @Test
  void refusesAnotherOfTheSameSlot() {
    checkers.sealed(observedNode, mark(2), ONE);
    breaks("I6", () -> checkers.sealed(behind, mark(2), OTHER));
  }

  @Test
  void refusesToTrimWhatNoSnapshotHolds() {
    checkers.kept(observedNode, 1, 0);
    checkers.kept(observedNode, 3, 2);
    checkers.throwRecorded();
    breaks("I16", () -> checkers.kept(observedNode, 4, 2));
  }

  private void applies(ObservedNode voter, long slot) {
    voter.applied(slot, 7, 0);
    checkers.cycled(voter);
  }

  private static SnapshotMark mark(long slot) {
    return new SnapshotMark(slot, 0, 0, 0);
  }

  /** The violation is kept until it can be thrown. */
  private void breaks(String invariant, ThrowingCallable action) {
    assertThatThrownBy(
            () -> {
              action.call();
              checkers.throwRecorded();
            })
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo(invariant));
  }
}

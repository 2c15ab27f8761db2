package io.synod.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.Ballot;
import io.synod.paxos.Batch;
import io.synod.paxos.Bytes;
import io.synod.paxos.Event;
import io.synod.paxos.Formation;
import io.synod.paxos.Proposal;
import io.synod.paxos.Write;
import io.synod.runtime.port.SnapshotMark;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** I16, of snapshots and of what is trimmed below them. */
class SnapshotOrderTest {
  private static final Ballot BALLOT = new Ballot(1, 0, 1, 11);
  private static final Bytes ONE = Bytes.of(new byte[] {1});
  private static final Bytes OTHER = Bytes.of(new byte[] {2});

  private final Court court = new Court();
  private final Seat seat = new Seat(1);
  private final Seat other = new Seat(3);
  private final Seat behind = new Seat(2);

  SnapshotOrderTest() {
    seat.begin(11);
    behind.begin(12);
    other.begin(13);
    Formation formation = new Formation(Map.of(1, 11L, 2, 12L, 3, 13L));
    court.happened(seat, new Event.Formed(formation, true));
    for (long slot = 1; slot <= 3; slot++) {
      Write vote = new Write.Accepted(new Proposal(slot, BALLOT, Batch.noOp(0)));
      for (Seat voter : List.of(seat, other)) {
        voter.durable().take(vote);
        court.synced(voter, vote);
      }
    }
    seat.durable().take(new Write.Applied(2, List.of()));
    applies(seat, 4);
    applies(other, 2);
  }

  @Test
  void letsANodeTakeOneOfWhatItAppliedAndAnotherPullIt() {
    court.sealed(seat, mark(2), ONE);
    court.sealed(behind, mark(2), ONE);
    court.confess();
  }

  @Test
  void refusesOneOfWhatIsNotRecordedAsApplied() {
    applies(other, 3);
    breaks("I16", () -> court.sealed(seat, mark(3), ONE));
  }

  @Test
  void refusesOneOfWhatNoQuorumHasApplied() {
    seat.durable().take(new Write.Applied(3, List.of()));
    breaks("I16", () -> court.sealed(seat, mark(3), ONE));
  }

  @Test
  void countsWhatAVoterHadAppliedBeforeItRestarted() {
    seat.durable().take(new Write.Applied(3, List.of()));
    applies(other, 3);
    applies(other, 0);
    court.sealed(seat, mark(3), ONE);
    court.confess();
  }

  @Test
  void refusesOneOfWhatIsNotChosen() {
    seat.durable().take(new Write.Applied(4, List.of()));
    breaks("I16", () -> court.sealed(seat, mark(4), ONE));
  }

  @Test
  void refusesAnotherOfTheSameSlot() {
    court.sealed(seat, mark(2), ONE);
    breaks("I6", () -> court.sealed(behind, mark(2), OTHER));
  }

  @Test
  void refusesToTrimWhatNoSnapshotHolds() {
    court.kept(seat, 1, 0);
    court.kept(seat, 3, 2);
    court.confess();
    breaks("I16", () -> court.kept(seat, 4, 2));
  }

  private void applies(Seat voter, long slot) {
    voter.applied(slot, 7, 0);
    court.cycled(voter);
  }

  private static SnapshotMark mark(long slot) {
    return new SnapshotMark(slot, 0, 0, 0);
  }

  /** It is kept until it can be thrown. */
  private void breaks(String invariant, ThrowingCallable deed) {
    assertThatThrownBy(
            () -> {
              deed.call();
              court.confess();
            })
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo(invariant));
  }
}

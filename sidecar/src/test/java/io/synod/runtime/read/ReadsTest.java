package io.synod.runtime.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.Ballot;
import io.synod.paxos.Input;
import io.synod.paxos.Patience;
import io.synod.paxos.View;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.port.Bounds;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When reads that wait are served, refused or sent to the leader. */
class ReadsTest {
  private static final long NEVER = Long.MIN_VALUE;
  private static final long BOUND_NANOS = 100;
  private static final long DEADLINE_NANOS = 10_000;

  private final Reads reads =
      new Reads(Bounds.defaults(), Runnable::run, new Patience(1_000, 9_000), 7);

  private static Reads.Here here(long slot, long nowNanos, long freshAtNanos, int reachable) {
    List<View.Voter> voters =
        IntStream.rangeClosed(1, 3)
            .mapToObj(node -> new View.Voter(node, View.Vote.HELD, node <= reachable))
            .toList();
    View view =
        new View(
            View.Role.FOLLOWER,
            Ballot.NONE,
            Ballot.NONE,
            slot,
            slot,
            slot,
            freshAtNanos,
            NEVER,
            0,
            new View.Electorate(voters, 0, 0, List.of()),
            List.of());
    Availability available = Availability.of(view);
    return new Reads.Here(slot, slot, nowNanos, view, available, available.isHopeless());
  }

  private CompletableFuture<Freshness> add(ReadLevel level) {
    return reads.add(new Reads.Wish(level, BOUND_NANOS, 0, DEADLINE_NANOS));
  }

  @Test
  void servesABoundedReadWithinItsBoundWithoutTheLeader() {
    CompletableFuture<Freshness> read = add(ReadLevel.BOUNDED);
    assertThat(reads.ask(1_000)).isEmpty();
    reads.settle(here(5, 1_000, 900, 2));
    assertThat(read).isCompletedWithValue(new Freshness.Fresh(5, 100));
  }

  @Test
  void asksTheLeaderForABoundedReadIfWhatIsHereIsTooOld() {
    CompletableFuture<Freshness> read = add(ReadLevel.BOUNDED);
    assertThat(reads.ask(1_000)).isEmpty();
    reads.settle(here(5, 1_000, 899, 2));
    assertThat(read).isNotDone();
    assertThat(reads.nextDeadlineNanos()).as("at once").isLessThan(1_000);
    assertThat(reads.held()).isEqualTo(1);
    assertThat(reads.ask(1_010)).containsExactly(new Input.Read(8));
    reads.answered(8, 6, 1_015);
    reads.settle(here(5, 1_020, 899, 2));
    assertThat(read).as("slot 6 is not applied").isNotDone();
    reads.settle(here(6, 1_150, 899, 2));
    assertThat(read).isCompletedWithValue(new Freshness.Fresh(6, 140));
    assertThat(reads.held()).isZero();
  }

  /** Under a new id each time, an answer that takes longer than the wait would never count. */
  @Test
  void takesALateAnswerAndWaitsTwiceAsLongEachTime() {
    CompletableFuture<Freshness> read = add(ReadLevel.STRONG);
    assertThat(reads.ask(1_000)).containsExactly(new Input.Read(8));
    assertThat(reads.ask(1_999)).isEmpty();
    assertThat(reads.ask(2_000)).containsExactly(new Input.Read(8));
    assertThat(reads.ask(3_999)).isEmpty();
    assertThat(reads.ask(4_000)).containsExactly(new Input.Read(8));
    reads.answered(8, 5, 4_100);
    reads.settle(here(5, 4_200, 4_000, 2));
    assertThat(read).isCompletedWithValue(new Freshness.Fresh(5, 0));
  }

  @Test
  void saysTooStaleForABoundedReadIfNoLeaderAnswersInTime() {
    CompletableFuture<Freshness> read = add(ReadLevel.BOUNDED);
    reads.ask(1_000);
    reads.settle(here(5, 1_000, 500, 2));
    reads.ask(1_010);
    reads.settle(here(5, DEADLINE_NANOS + Reads.SWEEP_NANOS, 500, 2));
    assertThat(read)
        .isCompletedWithValue(new Freshness.TooStale(5, DEADLINE_NANOS + Reads.SWEEP_NANOS - 500));
  }

  @Test
  void saysTooStaleForABoundedReadAtOnceIfNoQuorumCanBeReached() {
    CompletableFuture<Freshness> read = add(ReadLevel.BOUNDED);
    reads.ask(1_000);
    reads.settle(here(5, 1_000, 500, 1));
    assertThat(read).isCompletedWithValue(new Freshness.TooStale(5, 500));
  }

  @Test
  void servesABoundedReadThatAskedOnceTheLeaderIsHeardAgain() {
    CompletableFuture<Freshness> asked = add(ReadLevel.BOUNDED);
    reads.ask(1_000);
    reads.settle(here(5, 1_000, 500, 2));
    reads.ask(1_010);
    long later = 1_000 + Reads.SWEEP_NANOS;
    reads.settle(here(5, later, later - BOUND_NANOS, 2));
    assertThat(asked).isCompletedWithValue(new Freshness.Fresh(5, BOUND_NANOS));
    assertThat(reads.held()).isZero();
  }

  @Test
  void servesABoundedReadThatWasHeardAgainAtItsDeadlineOrCutOff() {
    for (int reachable : new int[] {1, 2}) {
      Reads one = new Reads(Bounds.defaults(), Runnable::run, new Patience(1_000, 9_000), 7);
      var read = one.add(new Reads.Wish(ReadLevel.BOUNDED, BOUND_NANOS, 0, DEADLINE_NANOS));
      one.ask(1_000);
      one.settle(here(5, 1_000, 500, 2));
      one.ask(1_010);
      long late = DEADLINE_NANOS + Reads.SWEEP_NANOS;
      one.settle(here(5, late, late - 1, reachable));
      assertThat(read).isCompletedWithValue(new Freshness.Fresh(5, 1));
    }
  }

  @Test
  void servesABoundedReadByWhatWasHeardThoughTheSlotItAskedForIsNotApplied() {
    CompletableFuture<Freshness> read = add(ReadLevel.BOUNDED);
    reads.ask(1_000);
    reads.settle(here(5, 1_000, 500, 2));
    reads.ask(1_010);
    reads.answered(8, 6, 1_020);
    reads.settle(here(5, 1_200, 1_050, 2));
    assertThat(read).as("150 ns, and slot 6 is not applied").isNotDone();
    reads.settle(here(5, 1_300, 1_210, 2));
    assertThat(read)
        .as("not the age of the answer")
        .isCompletedWithValue(new Freshness.Fresh(5, 90));
  }

  @Test
  void saysTooStaleForABoundedReadIfTheSlotItAskedForIsNotAppliedInTime() {
    CompletableFuture<Freshness> read = add(ReadLevel.BOUNDED);
    reads.ask(1_000);
    reads.settle(here(5, 1_000, 500, 2));
    reads.ask(1_010);
    reads.answered(8, 6, 1_020);
    reads.settle(here(5, DEADLINE_NANOS, 500, 2));
    assertThat(read).isCompletedWithValue(new Freshness.TooStale(5, DEADLINE_NANOS - 500));
  }

  private CompletableFuture<Freshness> add(ReadLevel level, long atLeastIndex) {
    return reads.add(new Reads.Wish(level, BOUND_NANOS, atLeastIndex, DEADLINE_NANOS));
  }

  @Test
  void namesTheIndexThatIsMissingAtTheDeadlineAndNoOther() {
    CompletableFuture<Freshness> reached = add(ReadLevel.SESSION, 3);
    CompletableFuture<Freshness> missing = add(ReadLevel.SESSION, 9);
    CompletableFuture<Freshness> bounded = add(ReadLevel.BOUNDED, 9);
    CompletableFuture<Freshness> strong = add(ReadLevel.STRONG, 3);
    reads.ask(1_000);
    reads.answered(8, 6, 1_020);
    reads.settle(here(5, DEADLINE_NANOS, NEVER, 2));
    assertThat(reached).isCompletedWithValue(new Freshness.NotYetApplied(5, 0));
    assertThat(missing).isCompletedWithValue(new Freshness.NotYetApplied(5, 9));
    assertThat(bounded).isCompletedWithValue(new Freshness.NotYetApplied(5, 9));
    assertThat(strong).isCompletedWithValue(new Freshness.NotYetApplied(5, 0));
  }

  @Test
  void servesNoSessionReadBeforeAllIsKnownThatWasChosenWhenTheProcessBegan() {
    CompletableFuture<Freshness> read = add(ReadLevel.SESSION);
    reads.ask(1_000);
    reads.settle(here(0, 1_000, NEVER, 2));
    reads.settle(here(3, 1_010, 999, 2));
    assertThat(read).isNotDone();
    reads.settle(here(4, 1_020, 1_000, 2));
    assertThat(read).isCompletedWithValue(new Freshness.Fresh(4, 20));
    CompletableFuture<Freshness> later = add(ReadLevel.SESSION);
    reads.ask(5_000);
    reads.settle(here(4, 5_000, 1_000, 1));
    assertThat(later).as("without a quorum, once caught up").isDone();
  }

  @Test
  void refusesASessionReadThatCannotCatchUp() {
    CompletableFuture<Freshness> cutOff = add(ReadLevel.SESSION);
    reads.ask(1_000);
    reads.settle(here(0, 1_000, NEVER, 1));
    assertThat(cutOff).isCompletedWithValueMatching(Freshness.Unavailable.class::isInstance);
    CompletableFuture<Freshness> late = add(ReadLevel.SESSION);
    reads.ask(2_000);
    reads.settle(here(0, DEADLINE_NANOS, NEVER, 2));
    assertThat(late).isCompletedWithValue(new Freshness.NotYetApplied(0, 0));
  }
}

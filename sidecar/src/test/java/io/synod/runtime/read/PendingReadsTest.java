package io.synod.runtime.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.ResendBackoff;
import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.turn.Progress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests when waiting reads are served, refused or sent to the leader. */
class PendingReadsTest {
  private static final long NEVER = Long.MIN_VALUE;
  private static final long BOUND_NANOS = 100;
  private static final long DEADLINE_NANOS = 10_000;

  private final PendingReads pendingReads =
      new PendingReads(CallerLimits.defaults(), Runnable::run, new ResendBackoff(1_000, 9_000), 7);

  private static Progress here(long slot, long nowNanos, long freshAtNanos, int reachable) {
    List<View.Voter> voters =
        IntStream.rangeClosed(1, 3)
            .mapToObj(node -> new View.Voter(node, View.Vote.HELD, node <= reachable, false))
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
            new View.Electorate(voters, 0, 0, List.of(), List.of()),
            List.of());
    NodeView nodeView = NodeView.of(view);
    return new Progress(
        slot, slot, nowNanos, view, nodeView, nodeView.available().isUnrecoverable());
  }

  private CompletableFuture<ReadFreshness> add(ReadLevel level) {
    return pendingReads.add(new PendingRead.ReadRequest(level, BOUND_NANOS, 0, DEADLINE_NANOS));
  }

  @Test
  void servesAgainAfterAQuarantineUnlessItStopped() {
    pendingReads.quarantine(true);
    assertThat(add(ReadLevel.LOCAL)).isCompletedWithValue(new ReadFreshness.Quarantined());
    pendingReads.quarantine(false);
    CompletableFuture<ReadFreshness> read = add(ReadLevel.LOCAL);
    assertThat(pendingReads.requests(1_000)).isEmpty();
    pendingReads.settle(here(5, 1_000, 900, 2));
    assertThat(read).isCompletedWithValueMatching(ReadFreshness.Fresh.class::isInstance);
    pendingReads.stop(here(5, 1_000, 900, 2));
    pendingReads.quarantine(false);
    assertThat(add(ReadLevel.LOCAL))
        .isCompletedWithValueMatching(ReadFreshness.Unavailable.class::isInstance);
  }

  @Test
  void servesABoundedReadWithinItsBoundWithoutTheLeader() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.BOUNDED);
    assertThat(pendingReads.requests(1_000)).isEmpty();
    pendingReads.settle(here(5, 1_000, 900, 2));
    assertThat(read).isCompletedWithValue(new ReadFreshness.Fresh(5, 100));
  }

  @Test
  void asksTheLeaderForABoundedReadIfWhatIsHereIsTooOld() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.BOUNDED);
    assertThat(pendingReads.requests(1_000)).isEmpty();
    pendingReads.settle(here(5, 1_000, 899, 2));
    assertThat(read).isNotDone();
    assertThat(pendingReads.nextWakeNanos()).as("due at once").isLessThan(1_000);
    assertThat(pendingReads.held()).isEqualTo(1);
    assertThat(pendingReads.requests(1_010)).containsExactly(new Input.Read(8));
    pendingReads.answered(8, 6, 1_015);
    pendingReads.settle(here(5, 1_020, 899, 2));
    assertThat(read).as("slot 6 is not applied").isNotDone();
    pendingReads.settle(here(6, 1_150, 899, 2));
    assertThat(read).isCompletedWithValue(new ReadFreshness.Fresh(6, 140));
    assertThat(pendingReads.held()).isZero();
  }

  /**
   * With a new id for each resend, an answer that takes longer than the interval would never count.
   */
  @Test
  void takesALateAnswerAndWaitsTwiceAsLongEachTime() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.STRONG);
    assertThat(pendingReads.requests(1_000)).containsExactly(new Input.Read(8));
    assertThat(pendingReads.requests(1_999)).isEmpty();
    assertThat(pendingReads.requests(2_000)).containsExactly(new Input.Read(8));
    assertThat(pendingReads.requests(3_999)).isEmpty();
    assertThat(pendingReads.requests(4_000)).containsExactly(new Input.Read(8));
    pendingReads.answered(8, 5, 4_100);
    pendingReads.settle(here(5, 4_200, 4_000, 2));
    assertThat(read).isCompletedWithValue(new ReadFreshness.Fresh(5, 0));
  }

  @Test
  void saysTooStaleForABoundedReadIfNoLeaderAnswersInTime() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.BOUNDED);
    pendingReads.requests(1_000);
    pendingReads.settle(here(5, 1_000, 500, 2));
    pendingReads.requests(1_010);
    pendingReads.settle(here(5, DEADLINE_NANOS + PendingReads.SWEEP_NANOS, 500, 2));
    assertThat(read)
        .isCompletedWithValue(
            new ReadFreshness.TooStale(5, DEADLINE_NANOS + PendingReads.SWEEP_NANOS - 500));
  }

  @Test
  void givesUpAStrongReadByAClockThatIsBelowZero() {
    long nowNanos = -1_000_000_000;
    CompletableFuture<ReadFreshness> read =
        pendingReads.add(new PendingRead.ReadRequest(ReadLevel.STRONG, 0, 0, nowNanos + 100));
    pendingReads.requests(nowNanos);
    pendingReads.settle(here(5, nowNanos, NEVER, 2));
    assertThat(read).isNotDone();
    long laterNanos = nowNanos + PendingReads.SWEEP_NANOS;
    assertThat(pendingReads.nextWakeNanos()).isEqualTo(laterNanos);
    pendingReads.settle(here(5, laterNanos, NEVER, 2));
    assertThat(read).isCompletedWithValueMatching(ReadFreshness.Unavailable.class::isInstance);
  }

  @Test
  void saysTooStaleForABoundedReadAtOnceIfNoQuorumCanBeReached() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.BOUNDED);
    pendingReads.requests(1_000);
    pendingReads.settle(here(5, 1_000, 500, 1));
    assertThat(read).isCompletedWithValue(new ReadFreshness.TooStale(5, 500));
  }

  @Test
  void servesABoundedReadThatAskedOnceTheLeaderIsHeardAgain() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.BOUNDED);
    pendingReads.requests(1_000);
    pendingReads.settle(here(5, 1_000, 500, 2));
    pendingReads.requests(1_010);
    long later = 1_000 + PendingReads.SWEEP_NANOS;
    pendingReads.settle(here(5, later, later - BOUND_NANOS, 2));
    assertThat(read).isCompletedWithValue(new ReadFreshness.Fresh(5, BOUND_NANOS));
    assertThat(pendingReads.held()).isZero();
  }

  @Test
  void servesABoundedReadThatWasHeardAgainAtItsDeadlineOrCutOff() {
    for (int reachable : new int[] {1, 2}) {
      PendingReads one =
          new PendingReads(
              CallerLimits.defaults(), Runnable::run, new ResendBackoff(1_000, 9_000), 7);
      var read =
          one.add(new PendingRead.ReadRequest(ReadLevel.BOUNDED, BOUND_NANOS, 0, DEADLINE_NANOS));
      one.requests(1_000);
      one.settle(here(5, 1_000, 500, 2));
      one.requests(1_010);
      long late = DEADLINE_NANOS + PendingReads.SWEEP_NANOS;
      one.settle(here(5, late, late - 1, reachable));
      assertThat(read).isCompletedWithValue(new ReadFreshness.Fresh(5, 1));
    }
  }

  @Test
  void servesABoundedReadByWhatWasHeardThoughTheSlotItAskedForIsNotApplied() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.BOUNDED);
    pendingReads.requests(1_000);
    pendingReads.settle(here(5, 1_000, 500, 2));
    pendingReads.requests(1_010);
    pendingReads.answered(8, 6, 1_020);
    pendingReads.settle(here(5, 1_200, 1_050, 2));
    assertThat(read).as("150 ns old, and slot 6 is not applied").isNotDone();
    pendingReads.settle(here(5, 1_300, 1_210, 2));
    assertThat(read)
        .as("fresh by the heartbeat, not by the answer")
        .isCompletedWithValue(new ReadFreshness.Fresh(5, 90));
  }

  @Test
  void saysTooStaleForABoundedReadIfTheSlotItAskedForIsNotAppliedInTime() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.BOUNDED);
    pendingReads.requests(1_000);
    pendingReads.settle(here(5, 1_000, 500, 2));
    pendingReads.requests(1_010);
    pendingReads.answered(8, 6, 1_020);
    pendingReads.settle(here(5, DEADLINE_NANOS, 500, 2));
    assertThat(read).isCompletedWithValue(new ReadFreshness.TooStale(5, DEADLINE_NANOS - 500));
  }

  private CompletableFuture<ReadFreshness> add(ReadLevel level, long atLeastIndex) {
    return pendingReads.add(
        new PendingRead.ReadRequest(level, BOUND_NANOS, atLeastIndex, DEADLINE_NANOS));
  }

  @Test
  void namesTheIndexThatIsMissingAtTheDeadlineAndNoOther() {
    CompletableFuture<ReadFreshness> reached = add(ReadLevel.SESSION, 3);
    CompletableFuture<ReadFreshness> missing = add(ReadLevel.SESSION, 9);
    CompletableFuture<ReadFreshness> bounded = add(ReadLevel.BOUNDED, 9);
    CompletableFuture<ReadFreshness> strong = add(ReadLevel.STRONG, 3);
    pendingReads.requests(1_000);
    pendingReads.answered(8, 6, 1_020);
    pendingReads.settle(here(5, DEADLINE_NANOS, NEVER, 2));
    assertThat(reached).isCompletedWithValue(new ReadFreshness.NotYetApplied(5, 0));
    assertThat(missing).isCompletedWithValue(new ReadFreshness.NotYetApplied(5, 9));
    assertThat(bounded).isCompletedWithValue(new ReadFreshness.NotYetApplied(5, 9));
    assertThat(strong).isCompletedWithValue(new ReadFreshness.NotYetApplied(5, 0));
  }

  @Test
  void servesNoSessionReadBeforeAllIsKnownThatWasChosenWhenTheProcessBegan() {
    CompletableFuture<ReadFreshness> read = add(ReadLevel.SESSION);
    pendingReads.requests(1_000);
    pendingReads.settle(here(0, 1_000, NEVER, 2));
    pendingReads.settle(here(3, 1_010, 999, 2));
    assertThat(read).isNotDone();
    pendingReads.settle(here(4, 1_020, 1_000, 2));
    assertThat(read).isCompletedWithValue(new ReadFreshness.Fresh(4, 20));
    CompletableFuture<ReadFreshness> later = add(ReadLevel.SESSION);
    pendingReads.requests(5_000);
    pendingReads.settle(here(4, 5_000, 1_000, 1));
    assertThat(later).as("without a quorum, once caught up").isDone();
  }

  @Test
  void refusesASessionReadThatCannotCatchUp() {
    CompletableFuture<ReadFreshness> cutOff = add(ReadLevel.SESSION);
    pendingReads.requests(1_000);
    pendingReads.settle(here(0, 1_000, NEVER, 1));
    assertThat(cutOff).isCompletedWithValueMatching(ReadFreshness.Unavailable.class::isInstance);
    CompletableFuture<ReadFreshness> late = add(ReadLevel.SESSION);
    pendingReads.requests(2_000);
    pendingReads.settle(here(0, DEADLINE_NANOS, NEVER, 2));
    assertThat(late).isCompletedWithValue(new ReadFreshness.NotYetApplied(0, 0));
  }
}

package io.synod.sim.check.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.MeasuredReplica;
import io.synod.paxos.MemoryUse;
import io.synod.paxos.Settings;
import io.synod.runtime.port.CallerLimits;
import io.synod.sim.check.Holdings;
import io.synod.sim.check.Holdings.KeptSlots;
import io.synod.sim.check.Holdings.WaitingCallers;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import io.synod.sim.check.core.Bounded.Bound;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the checker of bounds: a value at its bound passes, and one above it is reported. */
class BoundedTest {
  private static final KeptSlots NONE = new KeptSlots(MemoryUse.NONE, 0, Long.MAX_VALUE, 0);
  private static final MeasuredReplica IDLE =
      new MeasuredReplica(MemoryUse.NONE, 0, MemoryUse.NONE, MemoryUse.NONE, MemoryUse.NONE, 0);

  private final ObservedNode observedNode = new ObservedNode(1);
  private final List<Bound> reached = new ArrayList<>();
  private final Bounded checker =
      new Bounded(
          new CallerLimits(4, 400, 2, 10, 1_000, 300, 5),
          new Settings(1, 1, 1, 1, 100, 3, 1_000, 500, 100, 2_000, 9, 3),
          reached::add);

  @Test
  void letsAtTheBoundPassAndSaysSo() {
    checker.holds(observedNode, waiting(4, 400, 4, 2));
    assertThat(reached)
        .containsExactly(
            Bound.PENDING_FULL,
            Bound.PENDING_BYTES_FULL,
            Bound.ACKNOWLEDGEMENTS_FULL,
            Bound.READS_FULL);
  }

  @Test
  void refusesOneMoreThatWaits() {
    breaks(waiting(5, 10, 0, 0));
    breaks(waiting(1, 401, 0, 0));
    breaks(waiting(0, 0, 5, 0));
    breaks(waiting(0, 0, 0, 3));
  }

  @Test
  void refusesAFifthShare() {
    checker.holds(observedNode, new Holdings(nobody(), NONE, NONE, 4, IDLE, State.EMPTY));
    breaks(new Holdings(nobody(), NONE, NONE, 5, IDLE, State.EMPTY));
  }

  @Test
  void letsOneSlotAloneBeLarger() {
    checker.holds(observedNode, keeping(new KeptSlots(new MemoryUse(1, 301), 1, 1, 1), NONE));
    breaks(keeping(new KeptSlots(new MemoryUse(2, 301), 2, 1, 2), NONE));
    checker.holds(observedNode, keeping(NONE, new KeptSlots(new MemoryUse(6, 301), 1, 1, 6)));
    breaks(keeping(NONE, new KeptSlots(new MemoryUse(6, 1), 2, 1, 6)));
    breaks(keeping(NONE, new KeptSlots(new MemoryUse(2, 301), 2, 1, 2)));
  }

  @Test
  void seesThatSomethingWasDroppedAndNotBegunAnew() {
    checker.holds(observedNode, keeping(kept(1, 9), kept(1, 9)));
    checker.holds(observedNode, keeping(kept(10, 12), kept(10, 12)));
    assertThat(reached).isEmpty();
    checker.holds(observedNode, keeping(kept(11, 13), kept(12, 13)));
    assertThat(reached).containsExactly(Bound.FEED_DROPPED, Bound.PAST_DROPPED);
  }

  private static KeptSlots kept(long oldest, long newest) {
    return new KeptSlots(new MemoryUse(1, 1), 1, oldest, newest);
  }

  @Test
  void leavesRoomForTheNewestOpenSlot() {
    checker.holds(observedNode, core(new MemoryUse(3, 1_999), 1_000, MemoryUse.NONE));
    breaks(core(new MemoryUse(3, 2_000), 1_000, MemoryUse.NONE));
    breaks(core(new MemoryUse(4, 40), 10, MemoryUse.NONE));
    checker.holds(observedNode, core(new MemoryUse(3, 30), 10, new MemoryUse(9, 500)));
    breaks(core(new MemoryUse(3, 30), 10, new MemoryUse(9, 501)));
    assertThat(reached).contains(Bound.WINDOW_FULL, Bound.QUEUE_FULL);
  }

  @Test
  void refusesWhatIsKeptOfChosenSlotsAndOfFarOnes() {
    checker.holds(observedNode, core(new MemoryUse(9, 2_000), new MemoryUse(9, 4_100), 100));
    breaks(core(new MemoryUse(9, 2_001), MemoryUse.NONE, 0));
    breaks(core(MemoryUse.NONE, new MemoryUse(9, 4_101), 100));
  }

  private void breaks(Holdings held) {
    assertThatThrownBy(() -> checker.holds(observedNode, held))
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo("I20"));
  }

  private static WaitingCallers nobody() {
    return new WaitingCallers(MemoryUse.NONE, MemoryUse.NONE, 0, 0);
  }

  private static Holdings waiting(int proposals, int bytes, int acknowledgements, int reads) {
    WaitingCallers waiting =
        new WaitingCallers(
            new MemoryUse(proposals, bytes), MemoryUse.NONE, acknowledgements, reads);
    return new Holdings(waiting, NONE, NONE, 0, IDLE, State.EMPTY);
  }

  private static Holdings keeping(KeptSlots feed, KeptSlots past) {
    return new Holdings(nobody(), feed, past, 0, IDLE, State.EMPTY);
  }

  private static Holdings core(MemoryUse window, long newest, MemoryUse queue) {
    MeasuredReplica core =
        new MeasuredReplica(window, newest, queue, MemoryUse.NONE, MemoryUse.NONE, 0);
    return new Holdings(nobody(), NONE, NONE, 0, core, State.EMPTY);
  }

  private static Holdings core(MemoryUse chosen, MemoryUse far, long farLargest) {
    MeasuredReplica core =
        new MeasuredReplica(MemoryUse.NONE, 0, MemoryUse.NONE, chosen, far, farLargest);
    return new Holdings(nobody(), NONE, NONE, 0, core, State.EMPTY);
  }
}

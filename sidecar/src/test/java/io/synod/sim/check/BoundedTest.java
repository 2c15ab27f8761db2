package io.synod.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.Load;
import io.synod.paxos.Measured;
import io.synod.paxos.Settings;
import io.synod.runtime.engine.Engine;
import io.synod.runtime.engine.Turned.Holdings;
import io.synod.runtime.engine.Turned.Kept;
import io.synod.runtime.engine.Turned.Waiting;
import io.synod.runtime.port.Bounds;
import io.synod.sim.check.Bounded.Bound;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** I20: what is within its bounds passes, what is above by one does not. */
class BoundedTest {
  private static final Kept NONE = new Kept(Load.NONE, 0, Long.MAX_VALUE, 0);
  private static final Measured IDLE =
      new Measured(Load.NONE, 0, Load.NONE, Load.NONE, Load.NONE, 0);

  private final Seat seat = new Seat(1);
  private final List<Bound> reached = new ArrayList<>();
  private final Bounded judge =
      new Bounded(
          new Engine.Tuning(
              new Settings(1, 1, 1, 1, 100, 3, 1_000, 500, 100, 2_000, 9),
              new Bounds(4, 400, 2, 10, 1_000, 300, 5)),
          reached::add);

  @Test
  void letsAtTheBoundPassAndSaysSo() {
    judge.holds(seat, waiting(4, 400, 4, 2));
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
    judge.holds(seat, new Holdings(nobody(), NONE, NONE, 4, IDLE, State.EMPTY));
    breaks(new Holdings(nobody(), NONE, NONE, 5, IDLE, State.EMPTY));
  }

  @Test
  void letsOneSlotAloneBeLarger() {
    judge.holds(seat, keeping(new Kept(new Load(1, 301), 1, 1, 1), NONE));
    breaks(keeping(new Kept(new Load(2, 301), 2, 1, 2), NONE));
    judge.holds(seat, keeping(NONE, new Kept(new Load(6, 301), 1, 1, 6)));
    breaks(keeping(NONE, new Kept(new Load(6, 1), 2, 1, 6)));
    breaks(keeping(NONE, new Kept(new Load(2, 301), 2, 1, 2)));
  }

  @Test
  void seesThatSomethingWasDroppedAndNotBegunAnew() {
    judge.holds(seat, keeping(kept(1, 9), kept(1, 9)));
    judge.holds(seat, keeping(kept(10, 12), kept(10, 12)));
    assertThat(reached).isEmpty();
    judge.holds(seat, keeping(kept(11, 13), kept(12, 13)));
    assertThat(reached).containsExactly(Bound.FEED_DROPPED, Bound.PAST_DROPPED);
  }

  private static Kept kept(long oldest, long newest) {
    return new Kept(new Load(1, 1), 1, oldest, newest);
  }

  @Test
  void leavesRoomForTheNewestOpenSlot() {
    judge.holds(seat, core(new Load(3, 1_999), 1_000, Load.NONE));
    breaks(core(new Load(3, 2_000), 1_000, Load.NONE));
    breaks(core(new Load(4, 40), 10, Load.NONE));
    judge.holds(seat, core(new Load(3, 30), 10, new Load(9, 500)));
    breaks(core(new Load(3, 30), 10, new Load(9, 501)));
    assertThat(reached).contains(Bound.WINDOW_FULL, Bound.QUEUE_FULL);
  }

  @Test
  void refusesWhatIsKeptOfChosenSlotsAndOfFarOnes() {
    judge.holds(seat, core(new Load(9, 2_000), new Load(9, 4_100), 100));
    breaks(core(new Load(9, 2_001), Load.NONE, 0));
    breaks(core(Load.NONE, new Load(9, 4_101), 100));
  }

  private void breaks(Holdings held) {
    assertThatThrownBy(() -> judge.holds(seat, held))
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo("I20"));
  }

  private static Waiting nobody() {
    return new Waiting(Load.NONE, Load.NONE, 0, 0);
  }

  private static Holdings waiting(int proposals, int bytes, int acknowledgements, int reads) {
    Waiting waiting = new Waiting(new Load(proposals, bytes), Load.NONE, acknowledgements, reads);
    return new Holdings(waiting, NONE, NONE, 0, IDLE, State.EMPTY);
  }

  private static Holdings keeping(Kept feed, Kept past) {
    return new Holdings(nobody(), feed, past, 0, IDLE, State.EMPTY);
  }

  private static Holdings core(Load window, long newest, Load queue) {
    Measured core = new Measured(window, newest, queue, Load.NONE, Load.NONE, 0);
    return new Holdings(nobody(), NONE, NONE, 0, core, State.EMPTY);
  }

  private static Holdings core(Load chosen, Load far, long farLargest) {
    Measured core = new Measured(Load.NONE, 0, Load.NONE, chosen, far, farLargest);
    return new Holdings(nobody(), NONE, NONE, 0, core, State.EMPTY);
  }
}

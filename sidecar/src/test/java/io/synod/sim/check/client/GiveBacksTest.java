package io.synod.sim.check.client;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.Settings;
import io.synod.runtime.node.LockHold.End;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.Violation;
import io.synod.state.encoding.Payload;
import org.junit.jupiter.api.Test;

class GiveBacksTest {
  private static final Payload COMMAND = Payload.of(new byte[] {1});

  private final GiveBacks giveBacks = new GiveBacks();
  private final ReferenceModel model =
      new ReferenceModel(
          new ChosenLog(Settings.MEMBERSHIP_DISTANCE), new ReferenceModel.ModelListener() {});

  @Test
  void acceptsASessionThatIsClosed() {
    giveBacks.opened(COMMAND, 1);

    assertThatNoException().isThrownBy(() -> giveBacks.over(COMMAND, End.NO_SESSION, model));
  }

  @Test
  void acceptsASessionThatIsOpenedForAHoldLeftToItsTimeToLive() {
    giveBacks.over(COMMAND, End.LEFT, model);

    assertThatNoException().isThrownBy(() -> giveBacks.opened(COMMAND, 1));
  }

  @Test
  void findsASessionThatIsOpenedForAHoldThatIsGone() {
    giveBacks.over(COMMAND, End.NO_SESSION, model);

    assertThatThrownBy(() -> giveBacks.opened(COMMAND, 1)).isInstanceOf(Violation.class);
  }

  @Test
  void findsAGiveBackThatNobodyWasToldOf() {
    Exclusion exclusion = new Exclusion(1_000);
    exclusion.renewed(1, 0);
    exclusion.holds("l", new ReferenceModel.LockGrant(1, 1), 10, 500);

    assertThatThrownBy(() -> exclusion.closed(1)).isInstanceOf(Violation.class);
    exclusion.given(1);
    assertThatNoException().isThrownBy(() -> exclusion.closed(1));
  }
}

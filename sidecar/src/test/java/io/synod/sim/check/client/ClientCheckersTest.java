package io.synod.sim.check.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.sim.check.Violation;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * Tests the checkers of answers to clients: each must accept a correct history and report a wrong
 * one.
 */
class ClientCheckersTest {
  @Test
  void refusesAReadOfThePast() {
    Linearizable linearizable = new Linearizable();
    long floor = linearizable.begin();
    linearizable.proposed(floor, 5);
    breaks("I10", () -> linearizable.read(linearizable.begin(), 4));
    breaks("I10", () -> linearizable.proposed(linearizable.begin(), 5));
    linearizable.read(floor, 3);
    linearizable.at(100);
    linearizable.read(floor, 9);
    linearizable.stale(99, 5);
    breaks("I10", () -> linearizable.stale(100, 8));
  }

  @Test
  void refusesASecondEffectAndAnUntrueRefusal() {
    AtMostOnce once = new AtMostOnce();
    once.answered(1, 4);
    breaks("I9", () -> once.seen(1, 5));
    AtMostOnce effects = new AtMostOnce();
    effects.seen(2, 6);
    HonestOutcome honest = new HonestOutcome();
    honest.uncertain(2);
    honest.refused(2);
    honest.checker(effects);
    HonestOutcome lying = new HonestOutcome();
    lying.refused(2);
    breaks("I11", () -> lying.checker(effects));
  }

  private static void breaks(String invariant, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo(invariant));
  }
}

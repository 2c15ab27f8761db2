package io.synod.sim.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.backup.RestoredVoters;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that the trial of restored voters finds deliberate bugs in how a cluster forms. */
final class OriginMutantsTest {
  private static final long SEEDS = 60;

  private static void isFound(SourceMutant mutant) {
    LongFunction<@Nullable String> trial = mutant.trial(RestoredVoters.class);
    for (long seed = 1; seed <= SEEDS; seed++) {
      String found = trial.apply(seed);
      if (found != null) {
        assertThat(found).isNotEmpty();
        return;
      }
    }
    throw new AssertionError("not found within " + SEEDS + " seeds");
  }

  @Test
  void aVoterAgreesWithVotersThatBeganWithAnotherState() {
    isFound(
        new SourceMutant(
            "paxos/Bootstrap",
            "if (greeting != null && greeting.origin().equals(origin)) {",
            "if (greeting != null) {"));
  }

  @Test
  void votersThatBeganWithDifferentStatesForm() {
    isFound(
        new SourceMutant(
                "paxos/Bootstrap",
                "if (greeting != null && greeting.origin().equals(origin)) {",
                "if (greeting != null) {")
            .and(
                "paxos/Bootstrap",
                "new Formation(voters, origin)",
                "new Formation(voters, Origin.EMPTY)"));
  }

  @Test
  void aRestoredNodeJoinsAClusterOfAnotherOrigin() {
    isFound(
        new SourceMutant(
            "paxos/Bootstrap",
            "(origin.isEmpty() || origin.equals(theirs.origin()))",
            "origin != null"));
  }

  @Test
  void theOriginIsNotInTheGreeting() {
    isFound(
        new SourceMutant(
            "paxos/Bootstrap",
            "self.incarnation(), own == null ? origin : own.origin(), own, formed)",
            "self.incarnation(), Origin.EMPTY, own, formed)"));
  }

  @Test
  void aRestoredDiskSaysThatItWasEmpty() {
    isFound(
        new SourceMutant(
            "storage/tail/CarryOver",
            "return restore == 0 ? Origin.EMPTY :",
            "return restore != 1 ? Origin.EMPTY :"));
  }

  @Test
  void theTrialPassesWithoutABug() {
    assertThat(Objects.requireNonNullElse(new RestoredVoters().apply(1), "")).isEmpty();
  }
}

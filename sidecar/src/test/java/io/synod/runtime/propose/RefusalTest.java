package io.synod.runtime.propose;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.ResendBackoff;
import io.synod.runtime.engine.Situations;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.CallerLimits;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the refusal of proposals for a reason that the loop sets in every turn. */
class RefusalTest {
  private static final CallerLimits BOUNDS =
      new CallerLimits(8, 1 << 20, 64, 4_096, 1 << 20, 1 << 20, 100);
  private static final Availability WHY = Situations.led(1);

  private final PendingProposals pendingProposals =
      new PendingProposals(
          BOUNDS, Runnable::run, new ResendBackoff(1_000_000_000L, 32_000_000_000L), 500, () -> {});
  private long sequence;

  private CompletableFuture<Outcome> add() {
    NewEntry newEntry = NewEntry.of(Entry.Kind.COMMAND, TestLocks.text("x"));
    Entry entry = newEntry.under(1, new Entry.Key(7, ++sequence), 0);
    return Objects.requireNonNull(pendingProposals.add(entry, Long.MAX_VALUE, ProposalKind.CALLER));
  }

  @Test
  void refusesWhatArrivedAndWhatArrivesUntilTheReasonIsGone() {
    CompletableFuture<Outcome> before = add();
    pendingProposals.refuse(WHY);
    assertThat(before).isCompletedWithValue(new Outcome.Unavailable(WHY));
    pendingProposals.refuse(WHY);
    assertThat(add()).isCompletedWithValue(new Outcome.Unavailable(WHY));
    Availability other = Situations.led(2);
    pendingProposals.refuse(other);
    assertThat(add()).isCompletedWithValue(new Outcome.Unavailable(other));
    pendingProposals.refuse(null);
    assertThat(add()).isNotCompleted();
  }

  /** The loop sets the reason in every turn, and callers may hold the lock. */
  @Test
  @Timeout(30)
  void doesNotWaitForTheLockToSayWhatItSaidBefore() throws Exception {
    repeatWhileLocked(null);
    repeatWhileLocked(WHY);
  }

  private void repeatWhileLocked(@Nullable Availability why) throws Exception {
    pendingProposals.refuse(why);
    synchronized (pendingProposals) {
      CompletableFuture.runAsync(() -> pendingProposals.refuse(why)).get(10, TimeUnit.SECONDS);
    }
  }
}

package io.synod.runtime.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.runtime.node.HoldUpdate;
import io.synod.runtime.node.HoldUpdate.Reason;
import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive.KeptSession;
import io.synod.runtime.propose.SessionCommands;
import io.synod.state.State;
import io.synod.state.TestMachine;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HoldTableTest {
  private static final Duration TTL = Duration.ofSeconds(10);

  private final TestMachine machine = new TestMachine();
  private final List<HoldUpdate> updates = new ArrayList<>();
  private long nowNanos = -5;
  // For how long the session is valid; 0 once its end was seen.
  private long validNanos = TTL.toNanos();

  private final HoldTable table =
      new HoldTable(
          new OneHold(), (session, ttl, sentNanos, changed) -> new KeptByTest(), () -> false);
  private final SystemCommands.Hold command =
      new SystemCommands.Hold("l", Payload.EMPTY, TTL.toMillis(), false);
  private final LockHold hold =
      table.hold(new LockHolds.Terms(command, null, Duration.ofSeconds(1)), () -> {});

  /** Opens the session of the hold at once. */
  private final class OneHold implements SessionCommands {
    @Override
    public int node() {
      return 1;
    }

    @Override
    public long nanos() {
      return nowNanos;
    }

    @Override
    public State state() {
      return machine.state();
    }

    @Override
    public CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout) {
      long session = machine.hold("l");
      return CompletableFuture.completedFuture(
          new Outcome.Applied(session, session, Ballot.NONE, false, 0, new Reply.Queued(true)));
    }

    @Override
    public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
      return new CompletableFuture<>();
    }

    @Override
    public void wake() {}
  }

  /** Is valid as long as this test says. */
  private final class KeptByTest implements KeptSession {
    @Override
    public long validNanos() {
      return validNanos;
    }

    @Override
    public boolean isOver() {
      return validNanos == 0;
    }

    @Override
    public void close() {}
  }

  private void report() {
    hold.reportTo(
        new LockHold.Owner() {
          @Override
          public boolean isReady() {
            return true;
          }

          @Override
          public void onUpdate(HoldUpdate update) {
            updates.add(update);
          }
        });
  }

  private void grant() {
    hold.begin();
    report();
    assertThat(updates).singleElement().isInstanceOf(HoldUpdate.Granted.class);
    updates.clear();
  }

  /** What keeps sessions sees an end before the state that holds are judged by shows it. */
  @Test
  void aHoldThatWasReleasedIsNotToldAsExpiredWhileItsStateIsOlder() {
    grant();
    validNanos = 0;
    report();
    assertThat(updates).as("why it ended is not known yet").isEmpty();
    machine.close(hold.opened().join() instanceof Outcome.Applied applied ? applied.index() : 0);
    report();
    assertThat(updates).containsExactly(new HoldUpdate.Lost(Reason.RELEASED));
  }

  @Test
  void aHoldWhoseTimeIsOverIsToldAsExpiredThoughTheStateShowsIt() {
    grant();
    validNanos = 0;
    nowNanos += TTL.toNanos();
    report();
    assertThat(updates).containsExactly(new HoldUpdate.Lost(Reason.EXPIRED));
  }
}

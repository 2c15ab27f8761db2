package io.synod.runtime.propose;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.ResendBackoff;
import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.engine.Situations;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.Clock;
import io.synod.runtime.turn.Progress;
import io.synod.state.Limits;
import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SessionKind;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Tests the proposals that a sidecar makes in a session of its own, and those without a session.
 */
class SessionProposerTest {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long AGAIN_NANOS = 1_000;
  private static final long SHARE_BYTES = 1 << 20;
  private static final int AHEAD = 4;
  private static final int CALLERS = 8;

  private final Machine machine = new Machine(limits());
  private final PendingProposals pendingProposals =
      new PendingProposals(
          new CallerLimits(CALLERS, 1 << 20, 64, 64, 1 << 20, 1 << 20, 100),
          Runnable::run,
          new ResendBackoff(AGAIN_NANOS, 32 * AGAIN_NANOS),
          SHARE_BYTES,
          () -> {});
  private long nowNanos;
  private final SessionProposer own =
      new SessionProposer(1, clock(), pendingProposals, SessionKind.OWN, new SplittableRandom(1));

  SessionProposerTest() {
    own.applied(machine.state());
  }

  private static Limits limits() {
    Limits usual = Limits.defaults();
    return new Limits(
        usual.sessionsMax(),
        AHEAD,
        usual.answers(),
        usual.expiriesMax(),
        usual.consumersMax(),
        usual.requests(),
        usual.openings());
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public long nanos() {
        return nowNanos;
      }

      @Override
      public long wallMillis() {
        return 0;
      }
    };
  }

  private static NewEntry command(String text) {
    return NewEntry.of(Entry.Kind.COMMAND, TestLocks.text(text));
  }

  private static Entry entry(Command command) {
    return Objects.requireNonNull(Entry.decode(command.bytes()));
  }

  /** The outcome of a call that must be answered. */
  private static Outcome outcome(CompletableFuture<Outcome> answer) {
    assertThat(answer).isDone();
    return answer.join();
  }

  /** Proposes these commands, and applies each in a slot of its own unless it is lost. */
  private List<Entry> choose(List<Command> handed, Predicate<Entry> lost) {
    List<Entry> chosen = new ArrayList<>();
    for (Command command : handed) {
      pendingProposals.proposed(List.of(command), List.of(), Situations.led(1));
      if (!lost.test(entry(command))) {
        chosen.add(entry(command));
        long slot = machine.appliedSlot() + 1;
        SlotResult slotResult = machine.apply(slot, 1_000, List.of(command.bytes()));
        own.applied(machine.state());
        Batch batch = Batch.of(1_000, List.of(command));
        Proposal proposal = new Proposal(slot, new Ballot(1, 0, 1, 1), batch);
        pendingProposals.applied(
            new Chosen(proposal, machine.appliedIndex(), Chosen.How.AS_LEADER), slotResult);
      }
    }
    return chosen;
  }

  private List<Entry> turn(Predicate<Entry> lost) {
    List<Command> again = pendingProposals.again(nowNanos, false);
    List<Entry> chosen = choose(again, lost);
    for (List<Command> next = pendingProposals.arrived(nowNanos, true);
        !next.isEmpty();
        next = pendingProposals.arrived(nowNanos, true)) {
      chosen.addAll(choose(next, lost));
    }
    return chosen;
  }

  private List<Entry.Kind> turn() {
    return turn(entry -> false).stream().map(Entry::kind).toList();
  }

  @Test
  void opensNoOtherSessionForWhoeverFoundNoneJustBeforeItWasOpened() {
    var first = own.propose(command("first"), NEVER);
    assertThat(turn()).containsExactly(Entry.Kind.OPEN_OWN_SESSION, Entry.Kind.COMMAND);
    assertThat(outcome(first)).isInstanceOf(Outcome.Applied.class);
    CompletableFuture<Outcome> late = own.proposeOnceOpen(command("late"), NEVER);
    assertThat(turn()).as("proposed in the open session").containsExactly(Entry.Kind.COMMAND);
    assertThat(outcome(late)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void waitsLongerForTheSessionThanWhoeverOpensItForItself() {
    own.advanceTo(NodeView.of(view(0)));
    var hasty = own.propose(command("hasty"), 10);
    var patient = own.propose(command("patient"), NEVER);
    turn(entry -> true);
    nowNanos = 20;
    pendingProposals.expire(nowNanos, Situations.led(1));
    assertThat(outcome(hasty)).isInstanceOf(Outcome.Unavailable.class);
    assertThat(patient).isNotDone();
    turn();
    assertThat(outcome(patient)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void oneThatDoesNotGetOnHoldsUpTheOthersForAWhileOnly() {
    var opens = own.propose(command("opens"), NEVER);
    turn();
    assertThat(outcome(opens)).isInstanceOf(Outcome.Applied.class);
    Predicate<Entry> straggles = entry -> entry.payload().equals(TestLocks.text("straggler"));
    CompletableFuture<Outcome> straggler = own.propose(command("straggler"), NEVER);
    for (int i = 1; i < AHEAD; i++) {
      var plain = own.propose(command("plain " + i), NEVER);
      turn(straggles);
      assertThat(outcome(plain)).isInstanceOf(Outcome.Applied.class);
    }
    assertThat(outcome(own.propose(command("full"), NEVER))).isInstanceOf(Outcome.Overloaded.class);
    nowNanos = AGAIN_NANOS + 1;
    for (int i = 0; i < 3 * AHEAD; i++) {
      var plain = own.propose(command("later " + i), NEVER);
      turn(entry -> straggles.test(entry) && straggler.isDone());
      assertThat(outcome(plain))
          .as("proposed in the next session")
          .isInstanceOf(Outcome.Applied.class);
    }
    nowNanos = 10 * AGAIN_NANOS;
    turn();
    assertThat(outcome(straggler))
        .as("chosen after its resend")
        .isInstanceOf(Outcome.Applied.class);
    assertThat(machine.openSessions()).isEqualTo(1);
  }

  @Test
  void whatFreesSomethingHasRoomThoughCallersFillTheirs() {
    var opens = own.propose(command("opens"), NEVER);
    turn();
    assertThat(outcome(opens)).isInstanceOf(Outcome.Applied.class);
    for (int i = 1; i <= CALLERS; i++) {
      Entry waits = command("x").under(1, new Entry.Key(77, i), 0);
      assertThat(own.propose(waits, NEVER)).isNotDone();
    }
    assertThat(outcome(own.propose(command("full"), NEVER))).isInstanceOf(Outcome.Overloaded.class);
    Payload hold = new SystemCommands.Hold("l", Payload.EMPTY, 1_000, false).encode();
    Entry found = NewEntry.of(Entry.Kind.HOLD, hold).under(1, new Entry.Key(0, 9), 0);
    assertThat(outcome(own.propose(found, NEVER))).isInstanceOf(Outcome.Overloaded.class);
    assertThat(own.free(found, Duration.ofDays(1))).as("a retry that ends the hold").isNotDone();
    Payload release = new SystemCommands.Release("l", 5, false).encode();
    assertThat(own.propose(NewEntry.of(Entry.Kind.RELEASE, release), NEVER)).isNotDone();
    NewEntry drop = new NewEntry(Entry.Kind.DROP_CONSUMER, "ledger", "", Payload.EMPTY);
    assertThat(own.propose(drop, NEVER)).isNotDone();
    Entry close =
        NewEntry.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY).under(1, new Entry.Key(77, 1_000), 0);
    assertThat(own.propose(close, NEVER)).isNotDone();
  }

  /**
   * A node that is far behind must be able to keep its sessions, and must not release a lock whose
   * holder it did not see.
   */
  @Test
  void whatNeedsNoSessionIsBornWhereTheLogIsAndNotWhereTheStateIs() {
    own.advanceTo(NodeView.of(view(500)));
    for (NewEntry newEntry :
        List.of(
            NewEntry.of(Entry.Kind.RENEW_SESSIONS, new SystemCommands.Renew(List.of(3L)).encode()),
            NewEntry.of(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(0).encode()),
            NewEntry.of(Entry.Kind.RELEASE, new SystemCommands.Release("l", 0, true).encode()))) {
      var waits =
          newEntry.kind().opensSession() ? own.open(newEntry, NEVER) : own.propose(newEntry, NEVER);
      assertThat(waits).isNotDone();
      long createdAt = entry(pendingProposals.arrived(0, true).get(0)).ackedBelow();
      assertThat(createdAt)
          .as(newEntry.kind().name())
          .isEqualTo(newEntry.kind() == Entry.Kind.RELEASE ? 0 : 500);
    }
  }

  private static View view(long reportedIndex) {
    return new View(
        View.Role.FOLLOWER,
        Ballot.NONE,
        Ballot.NONE,
        0,
        0,
        reportedIndex,
        0,
        0,
        0,
        new View.Electorate(List.of(), 0, 0, List.of(), List.of()),
        List.of());
  }

  @Test
  void aCallerWaitsForAnothersOpeningNoLongerThanToItsOwnDeadline() {
    NodeView nodeView = NodeView.of(view(0));
    own.advanceTo(nodeView);
    CompletableFuture<Outcome> opens = own.propose(command("a"), NEVER);
    CompletableFuture<Outcome> waits = own.propose(command("b"), 10);
    own.settle(new Progress(0, 0, 9, view(0), nodeView, false));
    assertThat(waits).isNotDone();
    assertThat(own.nextWakeNanos()).isEqualTo(10);
    nowNanos = 10;
    own.settle(new Progress(0, 0, 10, view(0), nodeView, false));
    assertThat(outcome(waits)).isInstanceOf(Outcome.Unavailable.class);
    assertThat(opens).isNotDone();
    assertThat(own.nextWakeNanos()).isEqualTo(NEVER);
  }

  /** An order by hash codes would make runs of the simulator unrepeatable. */
  @Test
  void callersWhoWaitForAnothersOpeningAreAnsweredInTheirOrder() {
    var unused = own.propose(command("opens"), NEVER);
    List<Integer> answered = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int number = i;
      var waits = own.propose(command("waits"), 10).thenAccept(outcome -> answered.add(number));
      assertThat(waits).isNotDone();
    }
    nowNanos = 10;
    NodeView nodeView = NodeView.of(view(0));
    own.settle(new Progress(0, 0, 10, view(0), nodeView, false));
    assertThat(answered).hasSize(CALLERS).isSorted();
  }

  /** Each of them would open the session anew, one after another. */
  @Test
  void callersWhoWaitForAnotherOpeningAreAllAnsweredOnceNothingCanBeChosen() {
    own.advanceTo(NodeView.of(view(0)));
    List<CompletableFuture<Outcome>> calls = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      calls.add(own.propose(command("c" + i), NEVER));
    }
    List<Command> opening = pendingProposals.arrived(nowNanos, true);
    assertThat(opening).hasSize(1);
    Availability.Votes votes = new Availability.Votes(3, 1, 2, List.of());
    pendingProposals.proposed(
        opening, opening, new Availability(Availability.Reason.NO_QUORUM, List.of(2, 3), votes));
    assertThat(calls)
        .allSatisfy(call -> assertThat(outcome(call)).isInstanceOf(Outcome.Unavailable.class));
  }

  @Test
  void noMoreCallersWaitForAnOpeningThanMayPropose() {
    CompletableFuture<Outcome> opens = own.propose(command("opens"), NEVER);
    for (int i = 0; i < CALLERS; i++) {
      assertThat(own.propose(command("waits"), NEVER)).isNotDone();
    }
    assertThat(outcome(own.propose(command("full"), NEVER))).isInstanceOf(Outcome.Overloaded.class);
    turn();
    assertThat(outcome(opens)).isInstanceOf(Outcome.Applied.class);
  }
}

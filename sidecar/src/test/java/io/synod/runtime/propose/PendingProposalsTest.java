package io.synod.runtime.propose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.ResendBackoff;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.engine.Situations;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.port.CallerLimits;
import io.synod.state.State;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Applied;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests waiting proposals: their bounds, deadlines, resends and outcomes. */
class PendingProposalsTest {
  private static final Duration TTL = Duration.ofSeconds(6);
  private static final int FEW = 8;
  private static final CallerLimits TIGHT =
      new CallerLimits(FEW, 1 << 20, 64, 4_096, 1 << 20, 1 << 20, 100);

  private static final Availability CONNECTED = Situations.led(1);

  private static final long SHARE = 500;
  private static final ResendBackoff PATIENCE = new ResendBackoff(1_000_000_000L, 32_000_000_000L);

  private final PendingProposals pendingProposals =
      new PendingProposals(TIGHT, Runnable::run, PATIENCE.fresh(), SHARE, () -> {});
  private long sequence;

  private @Nullable CompletableFuture<Outcome> add(ProposalKind kind, String text) {
    NewEntry newEntry = NewEntry.of(Entry.Kind.COMMAND, TestLocks.text(text));
    return pendingProposals.add(
        newEntry.under(1, new Entry.Key(7, ++sequence), 0), Long.MAX_VALUE, kind);
  }

  @Test
  void keepsRoomForDutiesAndForCallersOfWhatDutiesTake() {
    for (int i = 0; i < FEW; i++) {
      assertThat(add(ProposalKind.CALLER, "c")).isNotNull();
    }
    assertThat(add(ProposalKind.CALLER, "c")).isNull();
    for (int i = 0; i < ProposalBudget.DUTIES_MAX; i++) {
      assertThat(add(ProposalKind.DUTY, "d")).isNotNull();
    }
    assertThat(add(ProposalKind.DUTY, "d")).as("own proposals are bounded too").isNull();
    assertThat(pendingProposals.count()).isEqualTo(FEW + ProposalBudget.DUTIES_MAX);
    pendingProposals.quarantine(true);
    assertThat(pendingProposals.count()).isZero();
  }

  @Test
  void neverCallsSurelyNotDoneWhatTheCoreHasInThisTurn() {
    for (Consumer<PendingProposals> end :
        List.<Consumer<PendingProposals>>of(
            pending -> pending.quarantine(true), it -> it.close(CONNECTED))) {
      PendingProposals ended =
          new PendingProposals(TIGHT, Runnable::run, PATIENCE.fresh(), SHARE, () -> {});
      NewEntry newEntry = NewEntry.of(Entry.Kind.COMMAND, TestLocks.text("x"));
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        Entry entry = newEntry.under(1, new Entry.Key(7, i), 0);
        all.add(Objects.requireNonNull(ended.add(entry, Long.MAX_VALUE, ProposalKind.CALLER)));
        if (i == 1) {
          List<Command> unplaced = ended.arrived(1, true);
          ended.proposed(unplaced, unplaced, CONNECTED);
        } else if (i == 2) {
          assertThat(ended.arrived(2, true)).hasSize(1);
        }
      }
      end.accept(ended);
      assertThat(all.get(0).join())
          .as("it was never sent")
          .isNotInstanceOf(Outcome.Indeterminate.class);
      assertThat(all.get(1).join()).isInstanceOf(Outcome.Indeterminate.class);
      assertThat(all.get(2).join()).as("it waits").isNotInstanceOf(Outcome.Indeterminate.class);
    }
  }

  /** Adds a caller's command in this session with deadline {@code until}; 0 is no session. */
  private CompletableFuture<Outcome> wait(long session, String text, long until) {
    NewEntry newEntry = NewEntry.of(Entry.Kind.COMMAND, TestLocks.text(text));
    Entry entry = newEntry.under(1, new Entry.Key(session, ++sequence), 0);
    return Objects.requireNonNull(pendingProposals.add(entry, until, ProposalKind.CALLER));
  }

  private List<Command> leaderAppears(long now) {
    assertThat(pendingProposals.again(now, true)).isEmpty();
    return pendingProposals.arrived(now, true);
  }

  private List<Command> handOut(long now) {
    List<Command> placed = pendingProposals.arrived(now, true);
    pendingProposals.proposed(placed, List.of(), CONNECTED);
    return placed;
  }

  @Test
  void givesUpAtTheDeadlineAndCallsUnknownOnlyWhatSomebodyWasTold() {
    CompletableFuture<Outcome> sent = wait(7, "told", 100);
    handOut(1);
    CompletableFuture<Outcome> unsent = wait(7, "untold", 100);
    CompletableFuture<Outcome> later = wait(7, "later", 101);
    assertThat(pendingProposals.nextDeadlineNanos()).isEqualTo(100);
    pendingProposals.expire(99, CONNECTED);
    assertThat(sent).isNotDone();
    pendingProposals.expire(100, CONNECTED);
    assertThat(sent.getNow(null)).isEqualTo(new Outcome.Indeterminate(7, 1));
    assertThat(unsent.getNow(null)).isInstanceOf(Outcome.Unavailable.class);
    assertThat(later).isNotDone();
    assertThat(pendingProposals.nextDeadlineNanos()).isEqualTo(101);
    assertThat(payloads(pendingProposals.arrived(100, true)))
        .as("no expired command")
        .containsExactly("later");
    assertThat(pendingProposals.count()).isEqualTo(1);
  }

  @Test
  void givesUpAsUnknownWhatFoundNoRoomFirstAndIsOutNow() {
    CompletableFuture<Outcome> waits = wait(7, "x", 100);
    List<Command> first = pendingProposals.arrived(1, true);
    pendingProposals.proposed(first, first, CONNECTED);
    assertThat(leaderAppears(2)).isEqualTo(first);
    pendingProposals.expire(100, CONNECTED);
    assertThat(waits.getNow(null)).isEqualTo(new Outcome.Indeterminate(7, 1));
  }

  @Test
  void givesUpAsNotDoneWhatNeverFoundRoom() {
    CompletableFuture<Outcome> waits = wait(7, "x", 100);
    List<Command> first = pendingProposals.arrived(1, true);
    pendingProposals.proposed(first, first, CONNECTED);
    List<Command> again = leaderAppears(2);
    pendingProposals.proposed(again, again, CONNECTED);
    pendingProposals.expire(100, CONNECTED);
    assertThat(waits.getNow(null)).isInstanceOf(Outcome.Unavailable.class);
  }

  @Test
  void handsOverAgainUnchangedAndEachTimeAfterTwiceAsLong() {
    CompletableFuture<Outcome> waits = wait(7, "x", Long.MAX_VALUE);
    assertThat(pendingProposals.again(0, true)).as("nothing was sent yet").isEmpty();
    List<Command> first = handOut(0);
    assertThat(pendingProposals.arrived(0, true)).isEmpty();
    long patience = 1_000_000_000L;
    long now = 0;
    for (int times = 1; times <= 9; times++) {
      now += patience;
      assertThat(pendingProposals.again(now - 1, false)).isEmpty();
      assertThat(pendingProposals.again(now, false)).isEqualTo(first);
      patience = times < 6 ? 2 * patience : patience;
    }
    // A new leader gets it at once, and the resend interval starts again.
    assertThat(leaderAppears(now + 1)).isEqualTo(first);
    assertThat(pendingProposals.again(now + patience, false)).isEmpty();
    assertThat(waits).isNotDone();
  }

  @Test
  void handsOverWhatFoundNoRoomOnceAsMuchWasAppliedTheOldestFirst() {
    for (int i = 0; i < 3; i++) {
      assertThat(add(ProposalKind.CALLER, "c" + i + "x".repeat(100))).isNotNull();
    }
    assertThat(add(ProposalKind.DUTY, "duty" + "x".repeat(100))).isNotNull();
    List<Command> all = pendingProposals.arrived(0, true);
    pendingProposals.proposed(all, all, CONNECTED);
    assertThat(pendingProposals.arrived(1, true)).as("no space was freed").isEmpty();

    applied(entry(9, 1, "y".repeat(250)), new Result.Effect(Reply.none()));
    assertThat(pendingProposals.nextDeadlineNanos()).as("due at once").isLessThan(0);
    List<Command> two = pendingProposals.arrived(2, true);
    assertThat(payloads(two)).extracting(it -> it.replace("x", "")).containsExactly("duty", "c0");
    pendingProposals.proposed(two, List.of(), CONNECTED);
    assertThat(pendingProposals.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);

    pendingProposals.dropped(two);
    pendingProposals.reconnected();
    assertThat(payloads(pendingProposals.arrived(3, true)))
        .extracting(it -> it.replace("x", ""))
        .containsExactly("duty", "c0", "c1", "c2");
  }

  @Test
  void forwardsNoMoreThanItsShareOfTheQueueOfALeaderElsewhere() {
    for (int i = 0; i < 4; i++) {
      assertThat(add(ProposalKind.CALLER, "c" + i + "x".repeat(180))).isNotNull();
    }
    assertThat(add(ProposalKind.DUTY, "duty" + "x".repeat(180))).isNotNull();
    List<Command> share = pendingProposals.arrived(0, false);
    pendingProposals.proposed(share, List.of(), CONNECTED);
    assertThat(payloads(share))
        .extracting(it -> it.replace("x", ""))
        .containsExactly("duty", "c0", "c1");
    assertThat(pendingProposals.arrived(1, false)).isEmpty();
    assertThat(pendingProposals.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);

    applied(entry(7, 1, "c0" + "x".repeat(180)), new Result.Effect(Reply.none()));
    assertThat(pendingProposals.nextDeadlineNanos()).as("due at once").isLessThan(0);
    assertThat(payloads(pendingProposals.arrived(2, false)))
        .extracting(it -> it.replace("x", ""))
        .containsExactly("c2");
    assertThat(pendingProposals.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(payloads(leaderAppears(3)))
        .as("all commands, once the node leads")
        .extracting(it -> it.replace("x", ""))
        .containsExactly("duty", "c1", "c2", "c3");
  }

  @Test
  void waitsTwiceAsLongAsOutcomesLatelyTook() {
    Command slow = Command.of(entry(7, 1, "slow").encode());
    CompletableFuture<Outcome> first = wait(7, "slow", Long.MAX_VALUE);
    assertThat(handOut(0)).containsExactly(slow);
    assertThat(handOut(5_000_000_000L)).isEmpty();
    applied(entry(7, 1, "slow"), new Result.Effect(Reply.none()));
    assertThat(first).isDone();

    CompletableFuture<Outcome> second = wait(7, "next", Long.MAX_VALUE);
    List<Command> next = handOut(6_000_000_000L);
    assertThat(pendingProposals.again(15_999_999_999L, false)).isEmpty();
    assertThat(pendingProposals.again(16_000_000_000L, false)).isEqualTo(next);
    assertThat(second).isNotDone();
  }

  @Test
  void tellsASecondCallerOfACommandThatItMayBeKnownAlready() {
    CompletableFuture<Outcome> first = wait(7, "x", 50);
    handOut(1);
    sequence--;
    CompletableFuture<Outcome> second = wait(7, "x", 100);
    pendingProposals.expire(100, CONNECTED);
    assertThat(first.getNow(null)).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(second.getNow(null)).isInstanceOf(Outcome.Indeterminate.class);
  }

  /** A snapshot replaced slots that may hold the waiting commands, if these were sent. */
  @Test
  void leavesOpenWhatASnapshotMayHold() {
    CompletableFuture<Outcome> sentOpening = wait(0, "opens", Long.MAX_VALUE);
    CompletableFuture<Outcome> sent = wait(7, "told", Long.MAX_VALUE);
    CompletableFuture<Outcome> done = wait(7, "done", Long.MAX_VALUE);
    handOut(1);
    CompletableFuture<Outcome> opening = wait(0, "opens too", Long.MAX_VALUE);
    CompletableFuture<Outcome> unsent = wait(7, "untold", Long.MAX_VALUE);

    pendingProposals.installed();

    assertThat(sentOpening.getNow(null)).isEqualTo(new Outcome.Indeterminate(0, 1));
    assertThat(List.of(sent, done, opening, unsent)).noneMatch(CompletableFuture::isDone);
    applied(entry(7, 3, "done"), new Result.Effect(Reply.none()));
    assertThat(done.getNow(null)).isInstanceOf(Outcome.Applied.class);
    // The session ended, before or after the command took effect in a slot that was skipped.
    applied(entry(7, 2, "told"), new Result.SessionUnknown(7));
    assertThat(sent.getNow(null)).isEqualTo(new Outcome.Indeterminate(7, 2));
    applied(entry(7, 5, "untold"), new Result.SessionUnknown(7));
    assertThat(unsent.getNow(null)).isEqualTo(new Outcome.SessionUnknown(7));
    assertThat(opening).isNotDone();
    assertThat(pendingProposals.count()).isEqualTo(1);
  }

  private static Entry entry(long session, long sequence, String text) {
    return NewEntry.of(Entry.Kind.COMMAND, TestLocks.text(text))
        .under(1, new Entry.Key(session, sequence), 0);
  }

  private void applied(Entry entry, Result result) {
    Proposal proposal =
        new Proposal(9, new Ballot(1, 0, 1, 1), Batch.of(1, List.of(Command.of(entry.encode()))));
    SlotResult slotResult =
        new SlotResult(
            State.EMPTY,
            State.EMPTY,
            List.of(new Applied(9, 0, entry, result)),
            Payload.EMPTY,
            List.of(State.EMPTY),
            List.of());
    pendingProposals.applied(new Chosen(proposal, 9, Chosen.How.AS_LEADER), slotResult);
  }

  @Test
  void keepsTheRoomInBytesToo() {
    assertThat(add(ProposalKind.CALLER, "x".repeat(1 << 20))).isNull();
    assertThat(add(ProposalKind.CALLER, "x".repeat((1 << 20) - 100))).isNotNull();
    assertThat(add(ProposalKind.CALLER, "x".repeat(100))).isNull();
    assertThat(add(ProposalKind.DUTY, "x".repeat(100))).isNotNull();
  }

  @Test
  void handsOverDutiesFirst() {
    assertThat(add(ProposalKind.CALLER, "caller")).isNotNull();
    assertThat(add(ProposalKind.DUTY, "duty")).isNotNull();
    assertThat(payloads(pendingProposals.arrived(1, true))).containsExactly("duty", "caller");
    assertThat(payloads(leaderAppears(1))).containsExactly("duty", "caller");
  }

  private static List<String> payloads(List<Command> commands) {
    List<String> payloads = new ArrayList<>();
    for (Command command : commands) {
      Entry entry = Entry.decode(command.bytes());
      payloads.add(entry == null ? "" : new String(entry.payload().bytes(), UTF_8));
    }
    return payloads;
  }

  @Test
  void aKeptSessionLivesOnThoughCallersFillTheNodeThatKeepsIt() {
    TestCluster cluster = new TestCluster(3, TIGHT);
    TestLocks testLocks = new TestLocks(cluster);
    cluster.run(3_000);
    int node = cluster.leader() % 3 + 1;
    cluster.delay(link -> link.touches(node) ? 20 : 0);
    long session = testLocks.open(node, TTL);
    SessionKeepAlive.KeptSession kept = testLocks.keep(node, session, TTL);
    // After this the node has a session, so that its callers wait or are refused at once.
    cluster.await(cluster.node(node).proposer().propose("", TestLocks.text("x"), TestLocks.TEN));
    int refused = 0;
    for (long passed = 0; passed < 2 * TTL.toMillis(); passed += 5) {
      CompletableFuture<Outcome> last;
      do {
        last = cluster.node(node).proposer().propose("", TestLocks.text("x"), TestLocks.TEN);
      } while (!last.isDone());
      refused += last.join() instanceof Outcome.Overloaded ? 1 : 0;
      cluster.run(5);
    }
    assertThat(refused).as("the node was full throughout").isGreaterThan(2_000);
    assertThat(testLocks.isOpen(node, session)).isTrue();
    assertThat(kept.validNanos()).isPositive();
  }
}

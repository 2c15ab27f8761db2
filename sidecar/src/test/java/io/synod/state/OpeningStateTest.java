package io.synod.state;

import static io.synod.state.TestMachine.at;
import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SessionKind;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.result.Result;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests the opening of sessions, and its limits. */
class OpeningStateTest {
  private static final int SESSIONS = 3;

  // The memory of a remembered request, except for its answer: 216 bytes and its id.
  private static final long ENTRY_BYTES = 320;

  private static final Limits FEW =
      new Limits(
          SESSIONS,
          8,
          new Limits.Answers(20, 400, 200),
          2,
          1,
          new Limits.Window(50, 2_000, 64 << 10),
          new Limits.Window(20, 1_000, 64 << 10));

  private final TestMachine log = new TestMachine(FEW);

  private Entry opening(long ttlMillis) {
    return log.opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(ttlMillis).encode());
  }

  private void fill() {
    for (int i = 0; i < SESSIONS; i++) {
      assertThat(log.apply(opening(1_000)).hasEffect()).isTrue();
    }
  }

  private void pass(int commands, long millis) {
    log.millis += millis;
    for (int i = 0; i < commands; i++) {
      log.machine.apply(log.machine.appliedSlot() + 1, log.millis, List.of(new byte[0]));
    }
  }

  @Test
  void aSidecarsOwnSessionIsNeitherCountedNorEndedForOthers() {
    fill();
    long own = log.openOwn(2);
    assertThat(log.state().isOwn(2, SessionKind.OWN, own)).isTrue();
    assertThat(log.apply(at(own, 1, "p")).hasEffect()).isTrue();
    assertThat(log.apply(opening(1_000))).isEqualTo(new Result.TooManySessions(SESSIONS));
    for (long id = 1; id <= SESSIONS; id++) {
      log.close(id);
    }
    for (int i = 0; i < 2 * SESSIONS; i++) {
      assertThat(log.apply(opening(0)).hasEffect()).isTrue();
    }
    assertThat(log.state().callerSessionCount()).isEqualTo(SESSIONS);
    assertThat(log.apply(at(own, 2, "p")).hasEffect()).as("used longest ago").isTrue();
    assertThat(log.close(own)).as("by a caller").isEqualTo(new Result.SessionUnknown(own));
  }

  @Test
  void aSidecarHasOneOwnSessionAndALateCopyDoesNotEndIt() {
    Entry first =
        log.sessionless(
            Entry.Kind.OPEN_OWN_SESSION, new SystemCommands.OpenOwn(SessionKind.OWN).encode());
    final long last = log.openOwn(1);
    assertThat(log.apply(first)).isEqualTo(new Result.TooLate());
    assertThat(log.state().session(last)).isNotNull();
    long duties = log.index() + 1;
    log.apply(
        log.sessionless(
            Entry.Kind.OPEN_OWN_SESSION,
            new SystemCommands.OpenOwn(SessionKind.OWN_DUTIES).encode()));
    long other = log.openOwn(2);
    long next = log.openOwn(1);
    assertThat(log.state().session(last)).isNull();
    assertThat(List.of(duties, other, next)).allMatch(id -> log.state().session(id) != null);
  }

  @Test
  void whatFreesSomethingNeedsNoSession() {
    fill();
    long first = 1;
    Entry renew =
        log.sessionless(
            Entry.Kind.RENEW_SESSIONS, new SystemCommands.Renew(List.of(first)).encode());
    assertThat(log.apply(renew).hasEffect()).isTrue();
    long renewed = log.index();
    var judged =
        new SystemCommands.Expire(List.of(new SystemCommands.Expire.Judged(first, renewed)));
    assertThat(log.apply(log.sessionless(Entry.Kind.EXPIRE_SESSIONS, judged.encode())).hasEffect())
        .isTrue();
    assertThat(log.state().session(first)).isNull();
    assertThat(log.apply(opening(1_000)).hasEffect()).isTrue();
  }

  @Test
  void aLateCopyOfAHoldIsNoContender() {
    Entry hold = log.holding("l", false);
    log.apply(hold);
    final long id = log.index();
    log.close(id);
    pass(100, 999);
    assertThat(log.apply(hold)).as("commands pass").isInstanceOf(Result.Repetition.class);
    log.millis += 2_000;
    assertThat(log.apply(hold)).as("and time").isInstanceOf(Result.TooLate.class);
    assertThat(log.state().lock("l")).isNull();
    Entry young = log.holding("l", false);
    log.millis += 10_000;
    assertThat(log.apply(young).hasEffect()).as("time passes, and few commands").isTrue();
  }

  @Test
  void aCopyOfWhatWasRefusedIsRefusedForGood() {
    fill();
    Entry refused = log.holding("l", false);
    Entry waiting = opening(1_000);
    assertThat(log.apply(refused)).isEqualTo(new Result.TooManySessions(SESSIONS));
    log.close(1);
    assertThat(log.apply(refused)).as("a session fits now").isEqualTo(new Result.TooLate());
    assertThat(log.apply(waiting)).as("made before").isEqualTo(new Result.TooLate());
    assertThat(log.state().lock("l")).isNull();
    assertThat(log.apply(log.holding("l", false)).hasEffect()).as("made since").isTrue();
  }

  @Test
  void remembersNoMoreOpeningsThanFitTheirBytesByWhatEachTakesInMemory() {
    Limits usual = Limits.defaults();
    Limits.Window window = new Limits.Window(1_000, 60_000, 10 * ENTRY_BYTES);
    TestMachine small =
        new TestMachine(new Limits(100, 8, usual.answers(), 2, 1, usual.requests(), window));
    for (int i = 0; i < 10; i++) {
      small.open();
    }
    Entry another = small.opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(0).encode());
    assertThat(small.apply(another)).isEqualTo(new Result.TooManyOpenings(window.bytesMax()));
    assertThat(small.state().uses())
        .contains(new State.LimitUse("openings", 10 * ENTRY_BYTES, 10 * ENTRY_BYTES));
  }

  @Test
  void remembersNoMoreRequestIdsThanFitTheirBytesByWhatEachTakesInMemory() {
    Limits usual = Limits.defaults();
    Limits.Window window = new Limits.Window(1_000, 60_000, 10 * ENTRY_BYTES);
    TestMachine small =
        new TestMachine(new Limits(100, 8, usual.answers(), 2, 1, window, usual.openings()));
    long session = small.open();
    for (int i = 1; i <= 20; i++) {
      Entry named = new Entry(Entry.Kind.COMMAND, 1, session, i, i, 0, "", "r" + i, value("p"));
      assertThat(small.apply(named).hasEffect()).isTrue();
    }
    Entry tenth = new Entry(Entry.Kind.COMMAND, 1, session, 21, 21, 0, "", "r10", value("p"));
    assertThat(small.apply(tenth).hasEffect()).as("forgotten").isTrue();
    Entry last = new Entry(Entry.Kind.COMMAND, 1, session, 22, 22, 0, "", "r20", value("p"));
    assertThat(small.apply(last)).isInstanceOf(Result.Repetition.class);
  }

  @Test
  void aCopyOfAForcedReleaseDoesNotTakeTheLockFromTheNext() {
    log.hold("l");
    Entry release =
        log.sessionless(Entry.Kind.RELEASE, new SystemCommands.Release("l", 0, true).encode());
    log.hold("l");
    assertThat(log.apply(release).hasEffect()).isTrue();
    Lock passed = Objects.requireNonNull(log.state().lock("l"));
    assertThat(log.apply(release)).isInstanceOf(Result.Repetition.class);
    Entry other = new Entry(Entry.Kind.RELEASE, 2, 0, 77, 1, 0, "", "", release.payload());
    assertThat(log.apply(other))
        .as("a release of the previous holder")
        .isEqualTo(new Result.NotHeld());
    assertThat(log.state().lock("l")).isEqualTo(passed);
  }

  @Test
  void aCopyOfWhatWasTooFarAheadIsRefusedForGood() {
    long session = log.open();
    Entry ahead = at(session, 9, 1, "p");
    assertThat(log.apply(ahead)).isEqualTo(new Result.SequenceAhead(8));
    assertThat(log.apply(at(session, 8, 7, "p")).hasEffect()).isTrue();
    assertThat(log.apply(ahead)).isEqualTo(new Result.SequenceAhead(8));
    assertThat(log.apply(at(session, 9, 7, "p")).hasEffect()).as("another attempt").isTrue();
  }

  @Test
  void whatASidecarsOwnSessionRemembersIsNotCountedAgainstTheLimits() {
    long own = log.openOwn(1);
    log.txn(own, Txn.of(new Op.Put("k", value("v".repeat(60)), 0, 0)));
    Txn get = Txn.of(new Op.Get("k"));
    log.apply(new Entry(Entry.Kind.KV, 1, own, 2, 0, 0, "", "", get.encode()));
    assertThat(used("answers")).isZero();
    assertThat(used("answer_bytes")).isZero();
    long caller = log.open();
    log.apply(at(caller, 1, "p"));
    log.apply(new Entry(Entry.Kind.KV, 1, caller, 2, 0, 0, "", "", get.encode()));
    assertThat(used("answers")).isEqualTo(2);
    assertThat(used("answer_bytes")).isPositive();
    assertThat(used("sessions")).isEqualTo(1);
  }

  private long used(String limit) {
    return log.state().uses().stream()
        .filter(use -> use.limit().equals(limit))
        .findFirst()
        .orElseThrow()
        .used();
  }

  @Test
  void theAnswersOfCallersDoNotBurdenASidecarsOwnSession() {
    long own = log.openOwn(1);
    long caller = log.open();
    log.txn(caller, Txn.of(new Op.Put("k", value("v".repeat(100)), 0, 0)));
    for (int sequence = 2; sequence <= 3; sequence++) {
      Txn get = Txn.of(new Op.Get("k"));
      log.apply(new Entry(Entry.Kind.KV, 1, caller, sequence, 0, 0, "", "", get.encode()));
    }
    assertThat(log.apply(at(caller, 4, "p"))).isInstanceOf(Result.AnswersFull.class);
    assertThat(log.apply(at(own, 1, "p")).hasEffect()).isTrue();
  }
}

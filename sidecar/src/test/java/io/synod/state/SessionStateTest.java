package io.synod.state;

import static io.synod.state.TestMachine.at;
import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests exactly-once execution: what sessions and request ids remember, forget and refuse. */
class SessionStateTest {
  private final TestMachine log = new TestMachine();

  @Test
  void answersARepetitionAsTheFirstTime() {
    long session = log.open();
    log.millis = 5_000;
    Entry put = log.entry(session, Entry.Kind.KV, Txn.of(put("k")).encode());
    Reply first = log.reply(put);
    long index = log.index();
    final long slot = log.state().slot();
    log.millis = 9_000;
    log.put(session, "k", "another");
    Entry again = new Entry(put.kind(), 2, session, put.sequence(), 1, 0, "", "", put.payload());
    assertThat(log.apply(again)).isEqualTo(new Result.SequenceForgotten(put.sequence() + 1));
    long second = log.open();
    Entry kept = new Entry(Entry.Kind.KV, 1, second, 7, 1, 0, "", "", Txn.of(put("x")).encode());
    Reply reply = log.reply(kept);
    assertThat(log.apply(kept))
        .isEqualTo(new Result.Repetition(log.index() - 1, log.state().slot() - 1, 9_000, 0, reply));
    assertThat(first).isNotEqualTo(reply);
    assertThat(slot).isPositive();
    assertThat(index).isPositive();
  }

  private static Op put(String key) {
    return new Op.Put(key, value("v"), 0, 0);
  }

  @Test
  void takesSequencesInAnyOrderAndEachOnce() {
    long session = log.open();
    for (long sequence : List.of(5L, 2L, 9L, 1L)) {
      assertThat(log.apply(at(session, sequence, "p" + sequence)).hasEffect()).isTrue();
    }
    assertThat(log.apply(at(session, 2, "p2"))).isInstanceOf(Result.Repetition.class);
    assertThat(log.apply(at(session, 2, "other"))).isEqualTo(new Result.SequenceReused());
    assertThat(log.apply(at(session, 3, 3, "p3")).hasEffect()).isTrue();
    assertThat(log.apply(at(session, 2, "p2"))).isEqualTo(new Result.SequenceForgotten(3));
    assertThat(log.apply(at(session, 0, "p0"))).isEqualTo(new Result.SequenceForgotten(3));
    assertThat(log.apply(at(session, 5, "p5"))).isInstanceOf(Result.Repetition.class);
    assertThat(log.apply(at(session, 4, 1, "p4")).hasEffect())
        .as("acknowledged below never falls")
        .isTrue();
    assertThat(log.apply(at(session, 2, "p2"))).isEqualTo(new Result.SequenceForgotten(3));
  }

  @Test
  void acknowledgesNothingAboveTheSequenceItself() {
    long session = log.open();
    log.apply(at(session, 5, "p5"));
    log.apply(at(session, 2, 1_000, "p2"));
    assertThat(log.apply(at(session, 5, "p5"))).isInstanceOf(Result.Repetition.class);
  }

  @Test
  void refusesWhatIsTooFarAheadOfWhatIsAcknowledged() {
    long session = log.open();
    long limit = Limits.defaults().aheadMax();
    assertThat(log.apply(at(session, limit, "in")).hasEffect()).isTrue();
    assertThat(log.apply(at(session, limit + 1, "out"))).isEqualTo(new Result.SequenceAhead(limit));
    assertThat(log.apply(at(session, limit + 1, 2, "out")).hasEffect())
        .as("its own acknowledgement counts")
        .isTrue();
  }

  @Test
  void tellsAKindOrLabelApartFromTheSamePayload() {
    long session = log.open();
    log.apply(at(session, 1, "p"));
    Entry kind = new Entry(Entry.Kind.KV, 1, session, 1, 0, 0, "", "", value("p"));
    Entry label = new Entry(Entry.Kind.COMMAND, 1, session, 1, 0, 0, "text", "", value("p"));
    assertThat(log.apply(kind)).isEqualTo(new Result.SequenceReused());
    assertThat(log.apply(label)).isEqualTo(new Result.SequenceReused());
  }

  @Test
  void refusesForGoodWhatItRefusedOnce() {
    long session = log.open();
    Txn late = Txn.of(new Op.Put("k", value("v"), 0, log.index() + 2));
    Entry owned = new Entry(Entry.Kind.KV, 1, session, 1, 0, 0, "", "r", late.encode());
    assertThat(log.apply(owned)).isEqualTo(new Result.OwnerUnknown(log.index() + 1));
    log.open();
    assertThat(log.apply(owned))
        .as("a late copy, which could be executed now")
        .isInstanceOf(Result.OwnerUnknown.class);
    Entry elsewhere = new Entry(Entry.Kind.KV, 1, log.open(), 1, 0, 0, "", "r", late.encode());
    assertThat(log.apply(elsewhere)).isInstanceOf(Result.OwnerUnknown.class);
    assertThat(log.state().keyCount()).isZero();
    Entry drop = new Entry(Entry.Kind.DROP_CONSUMER, 1, session, 2, 0, 0, "c", "", Payload.EMPTY);
    assertThat(log.apply(drop)).isEqualTo(new Result.ConsumerUnknown());
    log.apply(
        log.entry(
            session,
            Entry.Kind.ACKNOWLEDGE,
            new SystemCommands.Acknowledge("c", 1, value("")).encode()));
    assertThat(log.apply(drop)).isIn(new Result.ConsumerUnknown(), new Result.SequenceForgotten(3));
    assertThat(log.state().consumer("c")).isNotNull();
  }

  @Test
  void knowsNoSessionThatWasClosed() {
    long session = log.open();
    log.apply(at(session, 1, "p"));
    assertThat(log.close(session).hasEffect()).isTrue();
    assertThat(log.close(session)).isEqualTo(new Result.SessionUnknown(session));
    assertThat(log.apply(at(session, 1, "p"))).isEqualTo(new Result.SessionUnknown(session));
    assertThat(log.apply(at(0, 1, "p"))).isEqualTo(new Result.SessionUnknown(0));
  }

  @Test
  void opensOneSessionForOneNonce() {
    Entry open = log.opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(0).encode());
    log.apply(open);
    long id = log.index();
    assertThat(log.apply(open)).isInstanceOf(Result.Repetition.class);
    log.close(id);
    assertThat(log.apply(open))
        .as("also when it is over")
        .isEqualTo(new Result.Repetition(id, id, 1_000, 0, Reply.none()));
    assertThat(log.state().sessionCount()).isZero();
    Entry other = new Entry(open.kind(), 2, 0, open.sequence(), 0, 0, "", "", open.payload());
    assertThat(log.apply(other).hasEffect()).as("another node's nonce").isTrue();
    Entry changed =
        new Entry(
            open.kind(), 1, 0, open.sequence(), 0, 0, "", "", new SystemCommands.Open(9).encode());
    assertThat(log.apply(changed)).isEqualTo(new Result.RequestIdReused());
  }

  @Test
  void expiresOnlyWhoWasNotKeptSinceItWasJudged() {
    long kept = log.open();
    long silent = log.open();
    log.apply(renew(kept));
    final long renewed = log.index();
    List<SystemCommands.Expire.Judged> judged =
        List.of(
            new SystemCommands.Expire.Judged(kept, kept),
            new SystemCommands.Expire.Judged(silent, silent),
            new SystemCommands.Expire.Judged(silent, silent));
    log.reply(
        log.sessionless(Entry.Kind.EXPIRE_SESSIONS, new SystemCommands.Expire(judged).encode()));
    assertThat(log.state().session(silent)).isNull();
    assertThat(log.state().session(kept)).isNotNull();
    log.reply(
        log.sessionless(
            Entry.Kind.EXPIRE_SESSIONS,
            new SystemCommands.Expire(List.of(new SystemCommands.Expire.Judged(kept, renewed)))
                .encode()));
    assertThat(log.state().session(kept)).isNull();
  }

  private Entry renew(long kept) {
    return log.sessionless(
        Entry.Kind.RENEW_SESSIONS, new SystemCommands.Renew(List.of(kept)).encode());
  }

  @Test
  void evictsTheSessionUsedLongestAgoAndThoseWithATtlLast() {
    TestMachine full = new TestMachine();
    final long held = full.hold("l");
    final long oldest = full.open();
    long used = full.open();
    full.txn(used, Txn.of(new Op.Put("k", value("v"), 0, used)));
    full.txn(used, Txn.of(new Op.Put("o", value("v"), 0, oldest)));
    for (int i = 3; i < 10_000; i++) {
      full.open();
    }
    assertThat(full.state().sessionCount()).isEqualTo(10_000);
    full.txn(used, Txn.of(new Op.Get("k")));
    full.open();
    assertThat(full.state().sessionCount()).isEqualTo(10_000);
    assertThat(full.state().session(oldest)).isNull();
    assertThat(full.state().get("o")).as("its pairs go").isNull();
    assertThat(full.state().session(held)).isNotNull();
    assertThat(full.state().session(used)).isNotNull();
    assertThat(full.apply(at(oldest, 1, "p"))).isEqualTo(new Result.SessionUnknown(oldest));
  }

  @Test
  void endsNoSessionThatIsKeptToMakeRoomForAnother() {
    TestMachine full = new TestMachine();
    final long first = full.hold("l");
    long token = Objects.requireNonNull(full.state().lock("l")).token();
    for (int i = 1; i < 10_000; i++) {
      full.hold("l" + i);
    }
    Entry one = full.opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(1_000).encode());
    assertThat(full.apply(one)).isEqualTo(new Result.TooManySessions(10_000));
    assertThat(full.state().sessionCount()).isEqualTo(10_000);
    Lock lock = Objects.requireNonNull(full.state().lock("l"));
    assertThat(lock.token()).isEqualTo(token);
    assertThat(lock.holder().session()).isEqualTo(first);
  }

  @Test
  void remembersInTheSessionWhatARequestIdRepeated() {
    long one = log.open();
    long other = log.open();
    Entry first = named(one, 1, "name");
    Result done = log.apply(first);
    assertThat(done.hasEffect()).isTrue();
    assertThat(log.apply(named(other, 1, "name"))).isInstanceOf(Result.Repetition.class);
    assertThat(log.apply(at(other, 1, "p")))
        .as("the same entry after its id was forgotten")
        .isInstanceOf(Result.Repetition.class);
  }

  @Test
  void refusesASessionWhoseAnswersHoldTooMuchUntilItAcknowledgesSome() {
    long small = log.open();
    log.apply(at(small, 1, "p"));
    long large = log.open();
    log.txn(small, Txn.of(new Op.Put("k", Payload.of(new byte[1 << 20]), 0, 0)));
    int sequence = 0;
    while (get(large, ++sequence, 0).hasEffect()) {
      assertThat(sequence).isLessThan(20);
    }
    assertThat(sequence).isEqualTo(17);
    assertThat(get(large, 17, 10)).as("once refused").isEqualTo(new Result.AnswersFull(16 << 20));
    assertThat(get(large, 18, 10)).as("some were acknowledged").isInstanceOf(Result.Effect.class);
    assertThat(log.apply(at(small, 9, "p"))).isInstanceOf(Result.Effect.class);
    assertThat(log.state().bytes()).isEqualTo(ModelComparison.recount(log.state()));
  }

  @Test
  void letsNobodyPayForTheAnswersThatOthersLeave() {
    long small = log.open();
    log.txn(small, Txn.of(new Op.Put("k", Payload.of(new byte[1 << 20]), 0, 0)));
    List<Long> large = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      large.add(log.open());
      for (int sequence = 1; sequence <= 13; sequence++) {
        get(large.get(i), sequence, 0);
      }
    }
    assertThat(get(large.get(0), 14, 0)).isEqualTo(new Result.AnswersFull(16 << 20));
    assertThat(log.apply(at(small, 9, "p"))).isInstanceOf(Result.Effect.class);
    assertThat(log.state().sessionCount()).isEqualTo(6);
  }

  private Result get(long session, int sequence, int ackedBelow) {
    Txn get = Txn.of(new Op.Get("k"));
    return log.apply(
        new Entry(Entry.Kind.KV, 1, session, sequence, ackedBelow, 0, "", "", get.encode()));
  }

  @Test
  void knowsARequestByItsIdForAWindowOfTheLog() {
    long session = log.open();
    long other = log.open();
    Entry first = named(session, 1, "r");
    log.apply(first);
    long index = log.index();
    assertThat(log.apply(named(other, 1, "r")))
        .isEqualTo(new Result.Repetition(index, index, 1_000, 0, Reply.none()));
    Entry reused = new Entry(Entry.Kind.COMMAND, 1, other, 2, 0, 0, "", "r", value("other"));
    assertThat(log.apply(reused)).isEqualTo(new Result.RequestIdReused());
    log.millis += 60_000;
    assertThat(log.apply(named(other, 6, "r")))
        .as("a minute is over, and few commands")
        .isInstanceOf(Result.Repetition.class);
    while (log.index() < index + 99_999) {
      log.machine.apply(log.machine.appliedSlot() + 1, 0, List.of(new byte[0]));
    }
    assertThat(log.apply(named(other, 3, "r"))).isInstanceOf(Result.Repetition.class);
    log.millis += 60_000;
    assertThat(log.apply(named(other, 4, "r"))).isInstanceOf(Result.Effect.class);
    assertThat(log.apply(named(other, 5, "r"))).isInstanceOf(Result.Repetition.class);
  }

  private static Entry named(long session, long sequence, String id) {
    return new Entry(Entry.Kind.COMMAND, 1, session, sequence, 0, 0, "", id, value("p"));
  }
}

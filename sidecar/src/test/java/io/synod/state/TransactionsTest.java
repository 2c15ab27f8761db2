package io.synod.state;

import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.command.Compare;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import io.synod.state.result.OpResult;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the effects, comparisons and answers of transactions. */
class TransactionsTest {
  private final TestMachine log = new TestMachine();
  private long session;

  @BeforeEach
  void open() {
    session = log.open();
  }

  private static Op put(String key, String value) {
    return new Op.Put(key, value(value), 0, 0);
  }

  @Test
  void countsTheVersionsOfAPairFromItsCreation() {
    KeyValue first = log.put(session, "k", "1");
    KeyValue second = log.put(session, "k", "2");
    assertThat(second)
        .isEqualTo(new KeyValue("k", value("2"), first.modIndex(), log.index(), 2, 0, 0));
    Reply.Done deleted = log.txn(session, Txn.of(new Op.Delete("k")));
    assertThat(deleted.results()).containsExactly(new OpResult(null, second, 1));
    assertThat(log.put(session, "k", "3").version()).as("created anew").isEqualTo(1);
    assertThat(log.txn(session, Txn.of(new Op.Delete("none"))).results())
        .containsExactly(new OpResult(null, null, 0));
  }

  @Test
  void doesOneBranchOrTheOther() {
    Txn txn =
        new Txn(
            List.of(new Compare.KeyAbsent("k")),
            List.of(put("k", "then")),
            List.of(new Op.Get("k"), put("other", "else")));
    assertThat(log.txn(session, txn).succeeded()).isTrue();
    Reply.Done second = log.txn(session, txn);
    assertThat(second.succeeded()).isFalse();
    assertThat(second.results().get(0).kv()).isEqualTo(log.state().get("k"));
    assertThat(log.state().get("other")).isNotNull();
  }

  @Test
  void seesWithinATransactionWhatItDidBefore() {
    Reply.Done done =
        log.txn(
            session,
            new Txn(
                List.of(),
                List.of(
                    put("k", "1"),
                    put("k", "2"),
                    new Op.Get("k"),
                    new Op.DeletePrefix("k"),
                    new Op.Get("k"),
                    put("k", "3")),
                List.of()));
    KeyValue two = done.results().get(1).kv();
    assertThat(two).isNotNull();
    KeyValue one = Objects.requireNonNull(done.results().get(0).kv());
    assertThat(done.results().get(1).previous()).isEqualTo(one.with(value("1")));
    assertThat(done.results().get(2).kv()).isEqualTo(Objects.requireNonNull(two).with(value("2")));
    assertThat(done.results().get(3).deleted()).isEqualTo(1);
    assertThat(done.results().get(4).kv()).isNull();
    assertThat(log.state().get("k")).isNotNull().matches(pair -> pair.version() == 1);
  }

  @Test
  void takesAModIndexOfZeroForAnAbsentKey() {
    Compare absent = new Compare.ModIndexIs("k", 0);
    assertThat(log.txn(session, Txn.when(absent, put("k", "1"))).succeeded()).isTrue();
    assertThat(log.txn(session, Txn.when(absent, put("k", "2"))).succeeded()).isFalse();
    Compare right = new Compare.ModIndexIs("k", log.index() - 1);
    assertThat(log.txn(session, Txn.when(right, put("k", "2"))).succeeded()).isTrue();
    assertThat(log.txn(session, Txn.when(right, put("k", "3"))).succeeded()).isFalse();
    Compare value = new Compare.ValueIs("none", Payload.EMPTY);
    assertThat(log.txn(session, Txn.when(value, put("k", "4"))).succeeded())
        .as("an absent key has no value, not even an empty one")
        .isFalse();
  }

  @Test
  void fencesWithTheTokenOfALock() {
    long first = log.hold("l");
    long second = log.hold("l");
    Op write = put("k", "1");
    assertThat(log.txn(session, Txn.when(new Compare.LockHeld("l", first), write)).succeeded())
        .isTrue();
    assertThat(log.txn(session, Txn.when(new Compare.LockHeld("l", second), write)).succeeded())
        .isFalse();
    log.close(first);
    long token = log.index();
    assertThat(log.txn(session, Txn.when(new Compare.LockHeld("l", first), write)).succeeded())
        .isFalse();
    assertThat(log.txn(session, Txn.when(new Compare.LockHeld("l", token), write)).succeeded())
        .isTrue();
    log.close(second);
    assertThat(log.txn(session, Txn.when(new Compare.LockHeld("l", 0), write)).succeeded())
        .as("the lock is free")
        .isFalse();
  }

  @Test
  void refusesWholeWhatHasAnOwnerThatIsNotOpen() {
    Txn txn =
        new Txn(List.of(), List.of(put("a", "1"), new Op.Put("b", value("1"), 0, 99)), List.of());
    assertThat(log.apply(log.entry(session, Entry.Kind.KV, txn.encode())))
        .isEqualTo(new Result.OwnerUnknown(99));
    assertThat(log.state().keyCount()).isZero();
  }

  @Test
  void deletesAPrefixOnlyIfItIsNotTooMuch() {
    for (int i = 0; i < 10_000; i += Txn.PARTS_MAX) {
      List<Op> ops = new ArrayList<>();
      for (int k = i; k < Math.min(10_000, i + Txn.PARTS_MAX); k++) {
        ops.add(put("p/" + k, "v"));
      }
      log.txn(session, new Txn(List.of(), ops, List.of()));
    }
    log.put(session, "q", "v");
    Txn all = new Txn(List.of(), List.of(put("p/new", "v"), new Op.DeletePrefix("p/")), List.of());
    assertThat(log.txn(session, all).results().get(1).deleted())
        .as("what the transaction itself put is not counted, and goes too")
        .isEqualTo(10_001);
    assertThat(log.state().keyCount()).isEqualTo(1);
  }

  @Test
  void refusesToDeleteMoreThanIsAllowedInAll() {
    for (int i = 0; i < 5_001; i += Txn.PARTS_MAX) {
      List<Op> ops = new ArrayList<>();
      for (int k = i; k < Math.min(5_001, i + Txn.PARTS_MAX / 2); k++) {
        ops.add(put("p/" + k, "v"));
        ops.add(put("q/" + k, "v"));
      }
      log.txn(session, new Txn(List.of(), ops, List.of()));
    }
    List<Op> both = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      both.add(new Op.DeletePrefix(i % 2 == 0 ? "p/" : "q/"));
    }
    Txn txn = new Txn(List.of(), both, List.of());
    assertThat(log.apply(log.entry(session, Entry.Kind.KV, txn.encode())))
        .isEqualTo(new Result.TooManyKeys(10_000));
  }

  @Test
  void refusesToAnswerWithMoreThanIsAllowedAndRemembersOfAPutOnlyWhatItDid() {
    String large = "x".repeat(1_000_000);
    Reply.Done put = log.txn(session, Txn.of(put("a", large)));
    log.put(session, "b", large);
    log.put(session, "c", large);
    List<Op> ops = List.of(new Op.Get("a"), new Op.Delete("b"), put("c", ""));
    Txn txn = new Txn(List.of(), ops, List.of());

    Entry refused = log.entry(session, Entry.Kind.KV, txn.encode());
    assertThat(log.apply(refused)).isEqualTo(new Result.AnswerTooLarge(2_900_000));
    assertThat(log.state().keyCount()).isEqualTo(3);
    log.txn(session, Txn.of(new Op.Delete("a")));
    assertThat(log.txn(session, txn).results()).hasSize(3);
    assertThat(put.results())
        .containsExactly(new OpResult(new KeyValue("a", Payload.EMPTY, 2, 2, 1, 0, 0), null, 0));
  }

  @Test
  void ordersKeysByTheirBytesAndGoesOnBehindAKey() {
    List<String> keys = List.of("", "a", "a/", "a/1", "b", "é", "\uFFFD", "\uD83D\uDE00");
    for (int i = keys.size() - 1; i >= 0; i--) {
      log.put(session, keys.get(i), "v");
    }
    assertThat(ModelComparison.pairs(log.state(), "").stream().map(KeyValue::key)).isEqualTo(keys);
    assertThat(behind("a", "a/")).containsExactly("a/1");
    assertThat(behind("a", "")).containsExactly("a", "a/", "a/1");
    assertThat(behind("a/", "a")).containsExactly("a/", "a/1");
    assertThat(behind("a", "b")).isEmpty();
    assertThat(behind("", "\uFFFD")).containsExactly("\uD83D\uDE00");
  }

  private List<String> behind(String prefix, String after) {
    List<String> found = new ArrayList<>();
    log.state().visit(prefix, after, pair -> found.add(pair.key()));
    return found;
  }

  @Test
  void expiresPairsByLogTimeOnly() {
    log.txn(session, Txn.of(new Op.Put("k", value("v"), 500, 0)));
    log.txn(session, Txn.of(new Op.Put("late", value("v"), 600, 0)));
    assertThat(log.state().nextExpiryMillis()).isEqualTo(1_500);
    log.millis = 1_499;
    expire();
    assertThat(log.state().keyCount()).isEqualTo(2);
    log.millis = 1_500;
    assertThat(log.state().get("k")).as("no pair expires without a command").isNotNull();
    expire();
    assertThat(log.state().get("k")).isNull();
    log.millis = 10;
    log.put(session, "late", "stays");
    assertThat(log.state().mark().logTimeMillis()).as("log time never runs back").isEqualTo(1_500);
    log.millis = 100_000;
    expire();
    assertThat(log.state().get("late")).as("a put without a ttl ends the ttl").isNotNull();
    assertThat(log.state().nextExpiryMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void expiresAThousandPairsAtATimeAndNoneTwice() {
    for (int i = 0; i < 1_100; i++) {
      log.txn(session, Txn.of(new Op.Put("k" + i, value("v"), 1, 0)));
    }
    log.millis += 1;
    expire();
    assertThat(log.state().keyCount()).isEqualTo(100);
    expire();
    assertThat(log.state().keyCount()).isZero();
  }

  @Test
  void keepsForEverWhatLivesLongerThanTime() {
    log.txn(session, Txn.of(new Op.Put("k", value("v"), Long.MAX_VALUE, 0)));
    assertThat(log.state().nextExpiryMillis()).isEqualTo(Long.MAX_VALUE);
    expire();
    assertThat(log.state().get("k")).isNotNull();
  }

  private void expire() {
    log.reply(log.sessionless(Entry.Kind.EXPIRE_KEYS, Payload.EMPTY));
  }

  @Test
  void letsEphemeralPairsGoWithTheirSessionUnlessTheyMoved() {
    long owner = log.open();
    long other = log.open();
    for (String key : List.of("stays", "moves", "goes", "is deleted")) {
      log.txn(session, Txn.of(new Op.Put(key, value("v"), 0, owner)));
    }
    log.txn(session, Txn.of(new Op.Put("moves", value("v"), 0, other)));
    log.txn(session, Txn.of(new Op.Put("stays", value("v"), 0, 0)));
    log.txn(session, Txn.of(new Op.Delete("is deleted")));
    log.put(session, "is deleted", "and created anew");
    log.close(owner);
    assertThat(ModelComparison.pairs(log.state(), "").stream().map(KeyValue::key))
        .containsExactly("is deleted", "moves", "stays");
    log.close(other);
    assertThat(log.state().get("moves")).isNull();
  }
}

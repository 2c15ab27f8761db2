package io.synod.state;

import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.command.DigestSamples;
import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests consumers: acknowledgements, divergence of copies, and what the log is kept for. */
class ConsumerStateTest {
  private final TestMachine log = new TestMachine();
  private long session;

  @BeforeEach
  void fill() {
    session = log.open();
    for (int i = 0; i < 50; i++) {
      log.apply(log.entry(session, Entry.Kind.COMMAND, value("x")));
    }
  }

  private Consumer consumer() {
    return Objects.requireNonNull(log.state().consumer("c"));
  }

  private Result acknowledge(int node, long index, String digest) {
    return acknowledge(node, new SystemCommands.Acknowledge("c", index, value(digest)));
  }

  private Result acknowledge(int node, SystemCommands.Acknowledge order) {
    return log.apply(of(node, log.entry(session, Entry.Kind.ACKNOWLEDGE, order.encode())));
  }

  private static SystemCommands.Store order(long index, String sha, int quorum) {
    return new SystemCommands.Store("c", index, "f", 3, value(sha), quorum, false);
  }

  private Result store(int node, SystemCommands.Store order) {
    return log.apply(of(node, log.entry(session, Entry.Kind.STORE, order.encode())));
  }

  private Result store(int node, long index, String sha) {
    return store(node, order(index, sha, 2));
  }

  private Result drop() {
    Entry drop = log.entry(session, Entry.Kind.DROP_CONSUMER, Payload.EMPTY);
    return log.apply(
        new Entry(drop.kind(), 1, session, drop.sequence(), 0, 0, "c", "", Payload.EMPTY));
  }

  private static Entry of(int node, Entry own) {
    return new Entry(
        own.kind(),
        node,
        own.session(),
        own.sequence(),
        own.ackedBelow(),
        0,
        own.contentType(),
        "",
        own.payload());
  }

  private static Result acknowledged(long index) {
    return new Result.Effect(new Reply.Acknowledged(index));
  }

  @Test
  void neverLetsAnAcknowledgementFall() {
    assertThat(acknowledge(1, 20, "")).isEqualTo(acknowledged(20));
    assertThat(acknowledge(1, 10, "")).isEqualTo(acknowledged(20));
    assertThat(acknowledge(2, 10, "")).isEqualTo(acknowledged(10));
    assertThat(consumer().needsFrom(0)).isEqualTo(11);
    assertThat(acknowledge(1, log.index() + 1, "")).isEqualTo(new Result.Malformed());
    assertThat(acknowledge(1, log.index(), "").hasEffect()).isTrue();
    assertThat(acknowledge(1, -1, "")).isEqualTo(new Result.Malformed());
  }

  @Test
  void tellsWhereCopiesDifferUntilTheyAgreeAgainLater() {
    acknowledge(1, 20, "same");
    acknowledge(2, 20, "same");
    assertThat(consumer().divergedAt()).isZero();
    acknowledge(3, 20, "differs");
    assertThat(consumer().divergedAt()).isEqualTo(20);
    acknowledge(1, 30, "d");
    assertThat(consumer().divergedAt()).as("no other copy to compare with").isEqualTo(20);
    acknowledge(2, 30, "d");
    assertThat(consumer().divergedAt()).as("the differing copy has no digest there").isEqualTo(20);
    acknowledge(3, 30, "d");
    assertThat(consumer().divergedAt()).isZero();
  }

  @Test
  void countsASnapshotOnceAQuorumHoldsIt() {
    acknowledge(1, 10, "");
    store(1, 20, "s");
    store(1, 20, "s");
    assertThat(consumer().safeSnapshot()).isNull();
    assertThat(consumer().needsFrom(0)).isEqualTo(11);
    store(3, 20, "s");
    assertThat(consumer().safeSnapshot()).isNotNull();
    assertThat(consumer().needsFrom(0)).isEqualTo(21);
  }

  private void isKept(String sha, Integer... holders) {
    Consumer.Snapshot kept = Objects.requireNonNull(consumer().snapshotAt(20));
    assertThat(kept.sha256()).isEqualTo(value(sha));
    assertThat(kept.holders()).containsExactly(holders);
  }

  @Test
  void keepsTheFirstSnapshotOfAnIndexAndTellsThatThereWasAnother() {
    store(1, 20, "s");
    assertThat(consumer().differsAt()).isZero();
    store(2, 20, "other");
    isKept("s", 1);
    assertThat(consumer().differsAt()).isEqualTo(20);
    assertThat(consumer().safeSnapshot()).as("no other node stores the first snapshot").isNull();
    store(3, 20, "s");
    assertThat(consumer().safeSnapshot()).isNotNull();
    store(1, 20, "other");
    isKept("s", 1, 3);
    store(1, 30, "later");
    assertThat(consumer().differsAt()).isEqualTo(20);
    store(2, 30, "later");
    assertThat(consumer().differsAt()).as("that snapshot is no longer needed").isZero();
  }

  @Test
  void countsNobodyWhoHasAnotherInItsPlaceNow() {
    store(1, 20, "s");
    store(1, 20, "other");
    isKept("other", 1);
    assertThat(consumer().differsAt()).isEqualTo(20);
    store(2, 20, "s");
    isKept("other", 1);
    store(2, 20, "other");
    assertThat(consumer().safeSnapshot()).isNotNull();
  }

  private void refuse(int node, long index, String sha) {
    assertThat(store(node, order(index, sha, 2).refused()).hasEffect()).isTrue();
  }

  @Test
  void countsNobodyWhoOverwroteWhatOneHolderWasEnoughFor() {
    store(1, order(20, "s", 1));
    assertThat(consumer().safeSnapshot()).isNotNull();
    store(1, order(20, "other", 1));
    isKept("other", 1);
    assertThat(consumer().differsAt()).isEqualTo(20);
    store(2, order(20, "third", 1));
    isKept("other", 1);
  }

  @Test
  void isNotBroughtBackByACopyThatWasFetchedBeforeTheDrop() {
    store(1, 20, "s");
    drop();
    assertThat(store(2, order(20, "s", 2).byAnother())).isEqualTo(new Result.ConsumerUnknown());
    assertThat(log.state().consumers()).isEmpty();
    acknowledge(1, 10, "");
    assertThat(store(2, order(20, "s", 2).byAnother()).hasEffect()).isTrue();
    assertThat(consumer().snapshots()).isEmpty();
    store(1, 20, "new");
    store(2, order(20, "s", 2).byAnother());
    isKept("new", 1);
    assertThat(consumer().differsAt()).as("the old one was forgotten").isZero();
    store(2, order(20, "new", 2).byAnother());
    isKept("new", 1, 2);
  }

  @Test
  void isNotCreatedByASnapshotThatWasRefused() {
    assertThat(store(1, order(20, "s", 2).refused())).isEqualTo(new Result.ConsumerUnknown());
    assertThat(log.state().consumers()).isEmpty();
  }

  @Test
  void tellsOfASnapshotThatWasRefusedAndTakesItForHeldByNobody() {
    store(1, 20, "s");
    refuse(2, 20, "s");
    isKept("s", 1);
    assertThat(consumer().differsAt()).isZero();
    refuse(1, 20, "other");
    isKept("s", 1);
    assertThat(consumer().differsAt()).isEqualTo(20);
    refuse(2, 22, "new");
    assertThat(consumer().snapshotAt(22)).isNull();
  }

  @Test
  void comparesEveryDigestThatAnAcknowledgementCarries() {
    DigestSamples some = DigestSamples.NONE.with(16, value("a")).with(24, value("b"));
    acknowledge(1, new SystemCommands.Acknowledge("c", 30, some));
    acknowledge(
        2, new SystemCommands.Acknowledge("c", 33, DigestSamples.NONE.with(24, value("b"))));
    assertThat(consumer().differsAt()).isZero();
    acknowledge(
        2, new SystemCommands.Acknowledge("c", 33, DigestSamples.NONE.with(16, value("x"))));
    assertThat(consumer().differsAt()).isEqualTo(16);
    assertThat(
            acknowledge(
                1,
                new SystemCommands.Acknowledge("c", 30, DigestSamples.NONE.with(31, value("a")))))
        .as("a digest of what it has not applied")
        .isEqualTo(new Result.Malformed());
  }

  @Test
  void dropsSnapshotsOlderThanASafeOneAndKeepsFew() {
    for (int index = 10; index < 16; index++) {
      store(1, index, "s");
    }
    assertThat(consumer().snapshots().keySet()).containsExactly(10L, 13L, 14L, 15L);
    store(2, 14, "s");
    assertThat(consumer().snapshots().keySet()).containsExactly(14L, 15L);
    store(2, 12, "s");
    assertThat(consumer().snapshots().keySet()).containsExactly(14L, 15L);
  }

  @Test
  void doesNotWaitForACopyThatLapsed() {
    acknowledge(1, 10, "");
    log.millis += 60_000;
    acknowledge(2, 20, "");
    assertThat(log.state().neededFrom(60_000)).isEqualTo(11);
    assertThat(log.state().neededFrom(59_999)).isEqualTo(21);
    log.millis += 60_000;
    log.open();
    assertThat(log.state().neededFrom(59_999)).isEqualTo(Long.MAX_VALUE);
    acknowledge(1, 1, "");
    assertThat(log.state().neededFrom(59_999)).as("its acknowledgement, however old").isEqualTo(11);
  }

  @Test
  void forgetsAConsumerThatIsDropped() {
    acknowledge(1, 10, "");
    assertThat(drop().hasEffect()).isTrue();
    assertThat(log.state().consumers()).isEmpty();
    assertThat(log.state().neededFrom(1)).isEqualTo(Long.MAX_VALUE);
  }
}

package io.synod.state.result;

import static io.synod.state.TestMachine.at;
import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.TestMachine;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Compare;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests the effects of a slot that are stored for later readers of the log. */
class EffectsTest {
  private final TestMachine log = new TestMachine();

  @Test
  void isNothingWhenEveryCommandIsOpaqueAndTookEffect() {
    long session = log.open();
    SlotResult slotResult = log.step(at(session, 1, "a"), at(session, 2, "b"));
    assertThat(slotResult.effects().bytes()).isEmpty();
    assertThat(Effects.isSkipped(slotResult.effects().bytes(), 1)).isFalse();
    assertThat(log.machine.apply(log.machine.appliedSlot() + 1, 0, List.of()).effects().bytes())
        .as("of a no-op")
        .isEmpty();
  }

  @Test
  void givesTheValueOfTheBranchThatWasDone() {
    long session = log.open();
    Op.Put then = new Op.Put("k", value("then"), 0, 0);
    Op.Put twice = new Op.Put("k", value("twice"), 7, session);
    Op.Put otherwise = new Op.Put("k", value("else"), 0, 0);
    Txn txn =
        new Txn(
            List.of(new Compare.KeyAbsent("k")),
            List.of(then, new Op.Delete("k"), twice),
            List.of(new Op.Delete("none"), otherwise));
    Entry first = new Entry(Entry.Kind.KV, 1, session, 1, 0, 0, "", "", txn.encode());
    Entry second = new Entry(Entry.Kind.KV, 1, session, 2, 0, 0, "", "", txn.encode());
    SlotResult slotResult = log.step(first, at(99, 1, "skipped"), at(session, 3, "opaque"), second);
    byte[] effects = slotResult.effects().bytes();
    assertThat(Effects.isSkipped(effects, 0)).isFalse();
    assertThat(Effects.isSkipped(effects, 1)).isTrue();
    assertThat(Effects.isSkipped(effects, 2)).isFalse();
    assertThat(Effects.changes(effects, 1, 3, at(99, 1, "skipped"))).isEmpty();
    assertThat(Effects.changes(effects, 2, 4, at(session, 3, "opaque"))).isEmpty();
    assertThat(Effects.changes(effects, 0, 2, first))
        .containsExactly(
            new Change(Change.Type.PUT, new KeyValue("k", value("then"), 2, 2, 1, 0, 0), 0),
            new Change(Change.Type.DELETE, gone("k", 2), 2),
            new Change(
                Change.Type.PUT, new KeyValue("k", value("twice"), 2, 2, 1, session, 1_007), 0));
    assertThat(Effects.changes(effects, 3, 5, second))
        .containsExactly(
            new Change(Change.Type.PUT, new KeyValue("k", value("else"), 2, 5, 2, 0, 0), 2));
  }

  private static KeyValue gone(String key, long index) {
    return new KeyValue(key, Payload.EMPTY, 0, index, 0, 0, 0);
  }

  @Test
  void namesWhatWentWithASession() {
    long session = log.open();
    log.txn(session, Txn.of(new Op.Put("e", value("v"), 0, session)));
    Entry close = new Entry(Entry.Kind.CLOSE_SESSION, 1, session, 0, 0, 0, "", "", Payload.EMPTY);
    SlotResult slotResult = log.step(close);
    assertThat(Effects.changes(slotResult.effects().bytes(), 0, 3, close))
        .containsExactly(new Change(Change.Type.DELETE, gone("e", 3), 2));
  }

  @Test
  void findsOneCommandAmongVeryMany() {
    long session = log.open();
    int many = 10_000;
    Entry[] entries = new Entry[many];
    for (int i = 0; i < many; i++) {
      Txn txn = Txn.of(new Op.Put("k" + i, value("v" + i), 0, 0));
      entries[i] = new Entry(Entry.Kind.KV, 1, session, i + 1, 0, 0, "", "", txn.encode());
    }
    byte[] effects = log.step(entries).effects().bytes();
    for (int i = 0; i < many; i++) {
      assertThat(Effects.isSkipped(effects, i)).isFalse();
      List<Change> changes = Effects.changes(effects, i, i + 2L, entries[i]);
      assertThat(changes).hasSize(1);
      assertThat(changes.get(0).kv()).isEqualTo(Objects.requireNonNull(log.state().get("k" + i)));
    }
  }

  @Test
  void isPartOfTheDigest() {
    TestMachine other = new TestMachine();
    other.open();
    long session = log.open();
    log.step(at(session, 1, "a"));
    other.step(at(session, 1, "a"));
    assertThat(other.machine.digest()).isEqualTo(log.machine.digest());
    other.step(at(session, 2, "b"));
    log.step(at(session, 2, "c"));
    assertThat(other.machine.digest()).isNotEqualTo(log.machine.digest());
  }
}

package io.synod.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.KeyValue;
import io.synod.state.Machine;
import io.synod.state.Op;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.State;
import io.synod.state.Txn;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private final Machine machine = new Machine();
  private long sequence;

  HistoryTest() {
    Payload open = new Orders.Open(0).encode();
    apply(Draft.of(Entry.Kind.OPEN_SESSION, open).under(1, new Entry.Key(0, 1), 0));
  }

  @Test
  void keepsTheNewestStatesAndShowsEachAsItWas() {
    History history = new History(3, 1 << 20);
    for (int i = 1; i <= 5; i++) {
      history.add(put("a", i), 100);
    }
    assertThat(history.at(3)).isNull();
    for (int index = 4; index <= 6; index++) {
      State state = Objects.requireNonNull(history.at(index));
      KeyValue pair = Objects.requireNonNull(state.get("a"));
      assertThat(pair.value().bytes()).hasSize(index - 1);
    }
    assertThat(history.at(7)).isNull();
  }

  @Test
  void keepsFewStatesThatKeepMuchAlive() {
    History history = new History(1_000, 10_000);
    history.add(put("a", 9_000), 9_100);
    history.add(put("b", 10), 110);
    assertThat(history.at(2)).isNotNull();
    history.add(apply(kv(new Op.Delete("a"))), 50);
    assertThat(history.at(2)).as("the answer to the delete holds the value as well").isNotNull();
    history.add(apply(kv(new Op.Get("b"))), 50);
    assertThat(history.at(2)).as("it alone holds the 9,000 bytes").isNull();
    assertThat(history.at(5)).isNotNull();
  }

  @Test
  void beginsAnewWithAStateFromElsewhere() {
    History history = new History(1_000, 10_000);
    history.add(put("a", 1), 10);
    State later = put("a", 2).get(0);
    history.restart(later);
    assertThat(history.at(2)).isNull();
    assertThat(history.at(3)).isSameAs(later);
  }

  private List<State> put(String key, int bytes) {
    return apply(kv(new Op.Put(key, Payload.of(new byte[bytes]), 0, 0)));
  }

  private Entry kv(Op op) {
    sequence++;
    return Draft.of(Entry.Kind.KV, Txn.of(op).encode())
        .under(1, new Entry.Key(1, sequence), sequence);
  }

  private List<State> apply(Entry entry) {
    return machine.apply(machine.appliedSlot() + 1, 1, List.of(entry.encode())).states();
  }
}

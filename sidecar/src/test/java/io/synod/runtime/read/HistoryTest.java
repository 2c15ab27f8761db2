package io.synod.runtime.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.Ballot;
import io.synod.paxos.Batch;
import io.synod.paxos.Command;
import io.synod.paxos.Proposal;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.KeyValue;
import io.synod.state.Machine;
import io.synod.state.Op;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.State;
import io.synod.state.Step;
import io.synod.state.Txn;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private final Machine machine = new Machine();
  private long sequence;

  HistoryTest() {
    Payload open = new Orders.Open(0).encode();
    step(List.of(Draft.of(Entry.Kind.OPEN_SESSION, open).under(1, new Entry.Key(0, 1), 0)));
  }

  @Test
  void keepsTheNewestStatesAndShowsEachAsItWas() {
    History history = new History(3, 1 << 20);
    for (int i = 1; i <= 5; i++) {
      add(history, put("a", i));
    }
    assertThat(history.at(3)).isNull();
    assertThat(history.oldestIndex()).isEqualTo(4);
    for (int index = 4; index <= 6; index++) {
      State state = Objects.requireNonNull(history.at(index));
      KeyValue pair = Objects.requireNonNull(state.get("a"));
      assertThat(pair.value().bytes()).hasSize(index - 1);
    }
    assertThat(history.at(7)).isNull();
  }

  @Test
  void makesAStateWithinASlotAgain() {
    History history = new History(100, 1 << 20);
    add(history, put("a", 1), put("b", 1));
    history.add(machine.apply(machine.appliedSlot() + 1, 1, List.of()), proposal(List.of()));
    List<State> states = add(history, put("a", 2), put("b", 2), kv(new Op.Delete("a"))).states();
    add(history, put("c", 1));
    for (State state : states) {
      for (int round = 0; round < 2; round++) {
        State again = Objects.requireNonNull(history.at(state.index()));
        assertThat(again.mark()).isEqualTo(state.mark());
        assertThat(again.get("a")).isEqualTo(state.get("a"));
        assertThat(again.get("b")).isEqualTo(state.get("b"));
      }
    }
    assertThat(Objects.requireNonNull(history.at(2)).get("b")).isNull();
    assertThat(history.at(1)).as("it was applied elsewhere").isNull();
  }

  @Test
  void forgetsWholeSlots() {
    History history = new History(4, 1 << 20);
    add(history, put("a", 1), put("a", 2), put("a", 3));
    add(history, put("a", 4), put("a", 5));
    assertThat(history.at(4)).isNull();
    assertThat(history.oldestIndex()).isEqualTo(5);
    assertThat(history.at(5)).isNotNull();
    assertThat(history.at(6)).isNotNull();
  }

  @Test
  void keepsFewStatesThatKeepMuchAlive() {
    History history = new History(1_000, 10_000);
    add(history, put("a", 9_000));
    add(history, put("b", 10));
    assertThat(history.at(2)).isNotNull();
    add(history, kv(new Op.Delete("a")));
    assertThat(history.at(2)).as("the answer to the delete holds the value as well").isNotNull();
    add(history, kv(new Op.Get("b")));
    assertThat(history.at(2)).as("it alone holds the 9,000 bytes").isNull();
    assertThat(history.at(5)).isNotNull();
  }

  @Test
  void beginsAnewWithAStateFromElsewhere() {
    History history = new History(1_000, 10_000);
    add(history, put("a", 1));
    State later = step(List.of(put("a", 2))).after();
    history.restart(later);
    assertThat(history.at(2)).isNull();
    assertThat(history.at(3)).isSameAs(later);
    assertThat(history.oldestIndex()).isEqualTo(3);
  }

  private Step add(History history, Entry... entries) {
    Step step = step(List.of(entries));
    history.add(step, proposal(List.of(entries)));
    return step;
  }

  private Entry put(String key, int bytes) {
    return kv(new Op.Put(key, Payload.of(new byte[bytes]), 0, 0));
  }

  private Entry kv(Op op) {
    sequence++;
    return Draft.of(Entry.Kind.KV, Txn.of(op).encode())
        .under(1, new Entry.Key(1, sequence), sequence);
  }

  private Step step(List<Entry> entries) {
    List<byte[]> commands = entries.stream().map(Entry::encode).toList();
    return machine.apply(machine.appliedSlot() + 1, 1, commands);
  }

  /** The slot that the machine applied last. */
  private Proposal proposal(List<Entry> entries) {
    List<Command> commands = entries.stream().map(entry -> Command.of(entry.encode())).toList();
    return new Proposal(machine.appliedSlot(), new Ballot(1, 0, 1, 1), Batch.of(1, commands));
  }
}

package io.synod.runtime.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.snapshot.LogReplay;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StateHistoryTest {
  private final Machine machine = new Machine();
  private long sequence;

  StateHistoryTest() {
    Payload open = new SystemCommands.Open(0).encode();
    step(List.of(NewEntry.of(Entry.Kind.OPEN_SESSION, open).under(1, new Entry.Key(0, 1), 0)));
  }

  @Test
  void keepsTheNewestStatesAndShowsEachAsItWas() {
    StateHistory stateHistory = new StateHistory(3, 1 << 20);
    for (int i = 1; i <= 5; i++) {
      add(stateHistory, put("a", i));
    }
    assertThat(stateHistory.at(3)).isNull();
    assertThat(stateHistory.oldestIndex()).isEqualTo(4);
    for (int index = 4; index <= 6; index++) {
      State state = Objects.requireNonNull(stateHistory.at(index));
      KeyValue pair = Objects.requireNonNull(state.get("a"));
      assertThat(pair.value().bytes()).hasSize(index - 1);
    }
    assertThat(stateHistory.at(7)).isNull();
  }

  @Test
  void makesAStateWithinASlotAgain() {
    StateHistory stateHistory = new StateHistory(100, 1 << 20);
    add(stateHistory, put("a", 1), put("b", 1));
    stateHistory.add(machine.apply(machine.appliedSlot() + 1, 1, List.of()), proposal(List.of()));
    List<State> states =
        add(stateHistory, put("a", 2), put("b", 2), kv(new Op.Delete("a"))).states();
    add(stateHistory, put("c", 1));
    for (State state : states) {
      for (int round = 0; round < 2; round++) {
        State again = Objects.requireNonNull(stateHistory.at(state.index()));
        assertThat(again.mark()).isEqualTo(state.mark());
        assertThat(again.get("a")).isEqualTo(state.get("a"));
        assertThat(again.get("b")).isEqualTo(state.get("b"));
      }
    }
    assertThat(Objects.requireNonNull(stateHistory.at(2)).get("b")).isNull();
    assertThat(stateHistory.at(1)).as("it was applied before this history").isNull();
  }

  @Test
  void keepsTheStatesBeforeASlotWithoutCommands() {
    StateHistory stateHistory = new StateHistory(100, 1 << 20);
    List<State> states = add(stateHistory, put("a", 1), put("b", 1)).states();
    Membership first = Membership.of(new Formation(Map.of(1, 11L)));
    Membership next = first.replacing(new Member(1, 11), new Member(1, 12));
    Proposal proposal =
        new Proposal(machine.appliedSlot() + 1, new Ballot(1, 0, 1, 7), Batch.of(1, next));
    stateHistory.add(LogReplay.apply(machine, proposal, 1), proposal);
    for (State state : states) {
      State again = Objects.requireNonNull(stateHistory.at(state.index()));
      assertThat(again.get("a")).isEqualTo(state.get("a"));
      assertThat(again.get("b")).isEqualTo(state.get("b"));
    }
  }

  @Test
  void forgetsWholeSlots() {
    StateHistory stateHistory = new StateHistory(4, 1 << 20);
    add(stateHistory, put("a", 1), put("a", 2), put("a", 3));
    add(stateHistory, put("a", 4), put("a", 5));
    assertThat(stateHistory.at(4)).isNull();
    assertThat(stateHistory.oldestIndex()).isEqualTo(5);
    assertThat(stateHistory.at(5)).isNotNull();
    assertThat(stateHistory.at(6)).isNotNull();
  }

  @Test
  void keepsFewStatesThatKeepMuchAlive() {
    StateHistory stateHistory = new StateHistory(1_000, 10_000);
    add(stateHistory, put("a", 9_000));
    add(stateHistory, put("b", 10));
    assertThat(stateHistory.at(2)).isNotNull();
    add(stateHistory, kv(new Op.Delete("a")));
    assertThat(stateHistory.at(2))
        .as("the answer to the delete holds the value as well")
        .isNotNull();
    add(stateHistory, kv(new Op.Get("b")));
    assertThat(stateHistory.at(2)).as("it alone holds the 9,000 bytes").isNull();
    assertThat(stateHistory.at(5)).isNotNull();
  }

  @Test
  void beginsAnewWithAStateFromElsewhere() {
    StateHistory stateHistory = new StateHistory(1_000, 10_000);
    add(stateHistory, put("a", 1));
    State later = step(List.of(put("a", 2))).after();
    stateHistory.restart(later);
    assertThat(stateHistory.at(2)).isNull();
    assertThat(stateHistory.at(3)).isSameAs(later);
    assertThat(stateHistory.oldestIndex()).isEqualTo(3);
  }

  private SlotResult add(StateHistory stateHistory, Entry... entries) {
    SlotResult slotResult = step(List.of(entries));
    stateHistory.add(slotResult, proposal(List.of(entries)));
    return slotResult;
  }

  private Entry put(String key, int bytes) {
    return kv(new Op.Put(key, Payload.of(new byte[bytes]), 0, 0));
  }

  private Entry kv(Op op) {
    sequence++;
    return NewEntry.of(Entry.Kind.KV, Txn.of(op).encode())
        .under(1, new Entry.Key(1, sequence), sequence);
  }

  private SlotResult step(List<Entry> entries) {
    List<byte[]> commands = entries.stream().map(Entry::encode).toList();
    return machine.apply(machine.appliedSlot() + 1, 1, commands);
  }

  /** A proposal of these entries in the slot applied last. */
  private Proposal proposal(List<Entry> entries) {
    List<Command> commands = entries.stream().map(entry -> Command.of(entry.encode())).toList();
    return new Proposal(machine.appliedSlot(), new Ballot(1, 0, 1, 1), Batch.of(1, commands));
  }
}

package io.synod.state;

import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Tests the encoding of a state, and that malformed encodings are refused. */
class StateChunksTest {

  private static State some(int slots) {
    Model model = new Model();
    RandomCommands randomCommands = new RandomCommands(77, model);
    Machine machine = new Machine(State.EMPTY, RandomCommands.LEVELS);
    for (int slot = 1; slot <= slots; slot++) {
      byte[] command = randomCommands.command(slot);
      machine.apply(slot, 1_000L * slot, List.of(command));
      randomCommands.saw(slot, model.apply(slot, 1_000L * slot, List.of(command)).get(0), command);
    }
    return machine.state();
  }

  private static State read(byte[] bytes) {
    StateReader reader = new StateReader();
    reader.add(bytes);
    return reader.finish();
  }

  private static void assertRefused(byte[] bytes) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not a valid state: ");
  }

  @Test
  void readsBackTheEmptyState() {
    byte[] bytes = MachineModelTest.Chunks.bytes(State.EMPTY);
    assertThat(MachineModelTest.Chunks.bytes(read(bytes))).isEqualTo(bytes);
    assertThat(read(bytes).mark()).isEqualTo(State.EMPTY.mark());
  }

  @Test
  void refusesEveryTruncation() {
    byte[] bytes = MachineModelTest.Chunks.bytes(some(400));
    for (int length = 0; length < bytes.length; length += length < 200 ? 1 : 37) {
      assertRefused(Arrays.copyOf(bytes, length));
    }
    assertRefused(Arrays.copyOf(bytes, bytes.length - 1));
    assertRefused(Arrays.copyOf(bytes, bytes.length + 1));
  }

  @Test
  void refusesEveryGarbledByte() {
    byte[] bytes = MachineModelTest.Chunks.bytes(some(400));
    SplittableRandom random = new SplittableRandom(1);
    for (int at = 0; at < bytes.length; at += at < 500 ? 1 : 13) {
      byte[] garbled = bytes.clone();
      garbled[at] ^= (byte) (1 + random.nextInt(255));
      assertRefused(garbled);
    }
  }

  @Test
  void refusesPiecesInAnotherOrderOrTwice() {
    TestMachine log = new TestMachine();
    long session = log.open();
    for (int i = 0; i < 40; i++) {
      Payload large = Payload.of(new byte[StateWriter.CHUNK_BYTES / 10]);
      log.txn(session, Txn.of(new Op.Put("k" + i, large, 0, 0)));
    }
    List<byte[]> chunks = new ArrayList<>();
    for (Iterator<byte[]> each = StateWriter.chunks(log.state()); each.hasNext(); ) {
      chunks.add(each.next());
    }
    assertThat(chunks).hasSizeGreaterThan(3);
    List<byte[]> turned = new ArrayList<>(chunks);
    Collections.swap(turned, 1, 2);
    assertRefused(turned);
    List<byte[]> doubled = new ArrayList<>(chunks);
    doubled.add(2, chunks.get(1));
    assertRefused(doubled);
    List<byte[]> fewer = new ArrayList<>(chunks);
    fewer.remove(1);
    assertRefused(fewer);
  }

  private static void assertRefused(List<byte[]> chunks) {
    assertThatThrownBy(
            () -> {
              StateReader reader = new StateReader();
              chunks.forEach(reader::add);
              reader.finish();
            })
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesRecordsInAnotherOrder() {
    TestMachine log = new TestMachine();
    long session = log.open();
    log.put(session, "a", "1");
    log.put(session, "b", "2");
    byte[] bytes = MachineModelTest.Chunks.bytes(log.state());
    List<byte[]> records = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += 1 + bytes[at]) {
      assertThat(bytes[at]).isPositive();
      records.add(Arrays.copyOfRange(bytes, at, at + 1 + bytes[at]));
    }
    Collections.swap(records, 1, 2);
    assertRefused(records);
  }

  @Test
  void givesAStateWhateverTheValuesAre() {
    TestMachine log = new TestMachine();
    long session = log.open();
    log.put(session, "", "");
    log.txn(session, Txn.of(new Op.Put("big", Payload.of(new byte[3 << 20]), 0, session)));
    log.txn(session, Txn.of(new Op.Put("\uD83D\uDE00", value("\u0000"), Long.MAX_VALUE, 0)));
    Entry zero =
        log.opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(Long.MAX_VALUE).encode());
    log.apply(new Entry(zero.kind(), 0, 0, -1, -1, 0, "", "", zero.payload()));
    State read = read(MachineModelTest.Chunks.bytes(log.state()));
    assertThat(read.bytes()).isEqualTo(log.state().bytes());
    assertThat(ModelComparison.pairs(read, "")).isEqualTo(ModelComparison.pairs(log.state(), ""));
    TestMachine further = new TestMachine(new Machine(read, RandomCommands.LEVELS));
    further.close(session);
    log.close(session);
    assertThat(further.state().mark()).isEqualTo(log.state().mark());
    assertThat(further.state().get("big")).isNull();
  }
}

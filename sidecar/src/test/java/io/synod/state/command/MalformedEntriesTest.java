package io.synod.state.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.MachineModelTest;
import io.synod.state.ModelComparison;
import io.synod.state.State;
import io.synod.state.StateReader;
import io.synod.state.TestMachine;
import io.synod.state.apply.Machine;
import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Result;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that any bytes in the log are applied without an exception, and without an effect unless
 * they are a command.
 */
class MalformedEntriesTest {

  @ParameterizedTest
  @EnumSource(Entry.Kind.class)
  void takesAnyPayloadOfAnyKind(Entry.Kind kind) {
    SplittableRandom random = new SplittableRandom(kind.number());
    TestMachine log = new TestMachine();
    long session = log.open();
    log.hold("l");
    for (int i = 0; i < 20_000; i++) {
      byte[] payload = new byte[random.nextInt(random.nextInt(3) == 0 ? 200 : 12)];
      random.nextBytes(payload);
      for (int at = 0; at < payload.length && random.nextBoolean(); at++) {
        // Small numbers are read as counts and lengths that almost fit.
        payload[at] = (byte) random.nextInt(8);
      }
      long owner = log.state().session(session) == null ? log.open() : session;
      session = owner;
      Entry entry = new Entry(kind, 1, owner, i + 1, i + 1, 0, "", "", Payload.of(payload));
      final byte[] pairs = pairs(log.state());
      Result result = log.apply(entry);
      if (!result.hasEffect()) {
        assertThat(pairs(log.state())).isEqualTo(pairs);
      }
    }
    State state = log.state();
    assertThat(state.bytes()).isEqualTo(ModelComparison.recount(state));
    StateReader reader = new StateReader();
    reader.add(MachineModelTest.Chunks.bytes(state));
    assertThat(MachineModelTest.Chunks.bytes(reader.finish()))
        .as("the state can be encoded and decoded")
        .isEqualTo(MachineModelTest.Chunks.bytes(state));
  }

  private static byte[] pairs(State state) {
    Packer packer = new Packer().number(state.lockCount()).number(state.consumers().size());
    ModelComparison.pairs(state, "").forEach(pair -> pair.pack(packer));
    return packer.done();
  }

  @ParameterizedTest
  @EnumSource(Entry.Kind.class)
  void takesAnyHead(Entry.Kind kind) {
    SplittableRandom random = new SplittableRandom(kind.number());
    Machine machine = new Machine();
    Machine other = new Machine();
    for (int slot = 1; slot < 20_000; slot++) {
      byte[] command = new byte[random.nextInt(80)];
      random.nextBytes(command);
      if (command.length > 0) {
        command[0] = (byte) kind.number();
      }
      if (command.length > 33 && random.nextBoolean()) {
        command[29] = 0;
        command[30] = 0;
      }
      machine.apply(slot, random.nextLong(), List.of(command, command));
      other.apply(slot, machine.state().mark().logTimeMillis(), List.of(command, command));
    }
    assertThat(machine.state().bytes()).isEqualTo(ModelComparison.recount(machine.state()));
    StateReader reader = new StateReader();
    byte[] bytes = MachineModelTest.Chunks.bytes(machine.state());
    reader.add(bytes);
    assertThat(MachineModelTest.Chunks.bytes(reader.finish())).isEqualTo(bytes);
    assertThat(other.state().sessionCount()).isEqualTo(machine.state().sessionCount());
  }
}

package io.synod.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import io.synod.state.result.Applied;
import io.synod.state.result.Effects;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the state with the model under random commands, hostile ones among them. */
public class MachineModelTest {
  private static final int SLOTS = 8_000;
  // The kinds of results, except for too many keys, and one more for a change.
  private static final int KINDS = 13;

  // The kinds of refusals with small limits.
  private static final int NARROW_KINDS = 17;
  private static final Limits NARROW =
      new Limits(
          4,
          30,
          new Limits.Answers(20, 1_200, 600),
          2,
          1,
          new Limits.Window(50, 2_000, 7_500),
          new Limits.Window(20, 1_000, 7_500));

  private final Set<Class<?>> seen = new HashSet<>();
  private Machine machine = machine(State.EMPTY);
  private Machine twin = machine(State.EMPTY);
  private Model model = new Model();
  private Machine restored = machine(State.EMPTY);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void doesWhatTheModelDoes(long seed) {
    live(seed);
    assertThat(seen).as("kinds of results that occurred").hasSize(KINDS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void doesWhatTheModelDoesWhereEveryLimitIsReached(long seed) {
    machine = machine(State.empty(NARROW));
    twin = machine(State.empty(NARROW));
    restored = machine(State.empty(NARROW));
    model = new Model(NARROW);
    live(seed);
    assertThat(seen).as("kinds of results that occurred").hasSize(NARROW_KINDS);
    assertThat(MeasuredState.excessOfAny(machine.state())).isNull();
  }

  private static Machine machine(State state) {
    return new Machine(state, RandomCommands.LEVELS);
  }

  private void live(long seed) {
    RandomCommands randomCommands = new RandomCommands(seed, model);
    long millis = 1_000_000;
    for (int slot = 1; slot <= SLOTS; slot++) {
      List<byte[]> commands = new ArrayList<>();
      for (int i = randomCommands.below(5); i > 0; i--) {
        commands.add(randomCommands.command(machine.appliedIndex() + commands.size() + 1));
      }
      millis +=
          randomCommands.below(10) == 0 ? -randomCommands.below(3_000) : randomCommands.below(300);
      step(slot, millis, commands, randomCommands);
      if (slot % 20 == 0) {
        ModelComparison.check(machine.state(), model);
      }
      if (slot % 150 == 0) {
        restored = machine(throughChunks(machine.state(), randomCommands));
        ModelComparison.check(restored.state(), model);
      }
    }
    assertThat(machine.appliedIndex()).isGreaterThan(SLOTS);
  }

  private void step(long slot, long millis, List<byte[]> commands, RandomCommands randomCommands) {
    long before = machine.appliedIndex();
    final State was = machine.state();
    SlotResult slotResult = machine.apply(slot, millis, commands);
    List<Model.Did> dids = model.apply(slot, millis, commands);
    follow(twin, slotResult, millis, commands);
    follow(restored, slotResult, millis, commands);
    assertThat(slotResult.applied()).hasSameSizeAs(commands);
    assertThat(slotResult.states()).hasSameSizeAs(commands);
    for (int i = 0; i < commands.size(); i++) {
      Applied applied = slotResult.applied().get(i);
      Model.Did did = dids.get(i);
      assertThat(applied.index()).isEqualTo(before + i + 1);
      assertThat(applied.result()).isEqualTo(did.result());
      seen.add(did.result().getClass());
      did.changes().forEach(change -> seen.add(change.kv().getClass()));
      byte[] effects = slotResult.effects().bytes();
      assertThat(Effects.isSkipped(effects, i)).isNotEqualTo(did.result().hasEffect());
      if (applied.entry() != null) {
        assertThat(Effects.changes(effects, i, applied.index(), applied.entry()))
            .isEqualTo(did.changes());
      }
      assertThat(slotResult.states().get(i).index()).isEqualTo(applied.index());
      randomCommands.saw(applied.index(), did, commands.get(i));
    }
    assertThat(was.index()).as("an earlier state stays as it is").isEqualTo(before);
  }

  private void follow(Machine other, SlotResult slotResult, long millis, List<byte[]> commands) {
    SlotResult same = other.apply(machine.appliedSlot(), millis, commands);
    assertThat(same.applied()).isEqualTo(slotResult.applied());
    assertThat(same.effects()).isEqualTo(slotResult.effects());
    assertThat(other.digest()).isEqualTo(machine.digest());
  }

  private static State throughChunks(State state, RandomCommands randomCommands) {
    StateReader reader = new StateReader(state.limits());
    byte[] bytes = Chunks.bytes(state);
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + randomCommands.below(1 + randomCommands.below(3_000)));
      reader.add(java.util.Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    State read = reader.finish();
    assertThat(Chunks.bytes(read)).isEqualTo(bytes);
    assertThat(read.mark()).isEqualTo(state.mark());
    return read;
  }

  /** Joins chunks. */
  public static final class Chunks {
    private Chunks() {}

    public static byte[] bytes(State state) {
      java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
      for (Iterator<byte[]> chunks = StateWriter.chunks(state); chunks.hasNext(); ) {
        byte[] chunk = chunks.next();
        assertThat(chunk.length).isBetween(1, StateWriter.CHUNK_BYTES);
        out.writeBytes(chunk);
      }
      return out.toByteArray();
    }
  }
}

package io.synod.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.LevelException;
import io.synod.state.encoding.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that the level of a cluster only rises, and that a node stops before an unknown record. */
class LevelTest {
  private static final int SUPPORTED = 3;

  private final Machine machine = new Machine(State.EMPTY, SUPPORTED);

  private static byte[] raise(int level) {
    Payload payload = new SystemCommands.RaiseLevel(level).encode();
    return NewEntry.of(Entry.Kind.RAISE_LEVEL, payload).under(1, new Entry.Key(0, 7), 0).encode();
  }

  private void apply(byte[]... commands) {
    machine.apply(machine.appliedSlot() + 1, 1_000, List.of(commands));
  }

  @Test
  void aClusterBeginsAtTheFirstLevelAndRisesByOne() {
    assertThat(machine.state().level()).isEqualTo(Level.FIRST);
    apply(raise(2));
    assertThat(machine.state().level()).isEqualTo(2);
    long digest = machine.digest();
    apply(raise(1));
    assertThat(machine.state().level()).isEqualTo(2);
    assertThat(machine.digest()).isNotEqualTo(digest);
    apply(raise(3), raise(2));
    assertThat(machine.state().level()).isEqualTo(3);
  }

  @Test
  void aHigherLevelThanSupportedIsNotApplied() {
    apply(raise(2));
    assertThatThrownBy(() -> apply(raise(3), raise(4))).isInstanceOf(LevelException.class);
    assertThat(machine.appliedSlot()).isEqualTo(1);
    assertThat(machine.state().level()).isEqualTo(2);
  }

  @Test
  void aCommandOfAKindOfALaterVersionHasNoEffectBeforeItsLevel() {
    byte[] unknown = raise(2);
    unknown[0]++;
    apply(unknown, raise(3));
    assertThat(machine.state().level()).isEqualTo(Level.FIRST);
    assertThat(machine.appliedIndex()).isEqualTo(2);
  }

  @Test
  void aSnapshotHasTheLevel() {
    apply(raise(2), raise(3));
    StateReader reader = new StateReader();
    reader.add(MachineModelTest.Chunks.bytes(machine.state()));
    State read = reader.finish();
    assertThat(read.level()).isEqualTo(3);
    assertThatThrownBy(() -> new Machine(State.EMPTY, 2).restore(read))
        .isInstanceOf(LevelException.class);
  }
}

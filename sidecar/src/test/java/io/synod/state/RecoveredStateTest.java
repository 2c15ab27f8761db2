package io.synod.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.encoding.Payload;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/** Tests which snapshots a recovered state keeps. */
final class RecoveredStateTest {
  private static Consumer.Snapshot snapshot(long index, int holders, boolean disputed) {
    TreePSet<Integer> all = TreePSet.empty();
    for (int node = 1; node <= holders; node++) {
      all = all.plus(node);
    }
    return new Consumer.Snapshot(index, "v1", 10, Payload.EMPTY, 1, 0, 2, all, disputed);
  }

  /**
   * The index of the snapshot that is kept of two, if node 3 holds those at these indexes; or 0.
   */
  private static long kept(Consumer.Snapshot one, Consumer.Snapshot other, Long... held) {
    Map<Long, SortedSet<Integer>> holders = new TreeMap<>();
    for (long index : held) {
      holders.put(index, new TreeSet<>(TreePSet.singleton(3)));
    }
    Consumer before =
        new Consumer(
            "ledger",
            TreePMap.empty(),
            TreePMap.<Long, Consumer.Snapshot>empty()
                .plus(one.index(), one)
                .plus(other.index(), other),
            0);
    State.Rest rest = State.EMPTY.rest();
    State state =
        new State(
            Limits.defaults(),
            new State.Mark(9, 90, 900, 9_000),
            Keys.EMPTY,
            SessionTable.EMPTY,
            new State.Rest(
                rest.locks(),
                Consumers.EMPTY.with(before),
                rest.requestMemory(),
                rest.commanded(),
                rest.level(),
                Payload.EMPTY));
    State recovered =
        RecoveredState.of(
            state, (consumer, snapshot) -> holders.getOrDefault(snapshot.index(), new TreeSet<>()));
    assertThat(recovered.mark()).isEqualTo(state.mark());
    Consumer after = Objects.requireNonNull(recovered.consumer("ledger"));
    Consumer.Snapshot safe = after.safeSnapshot();
    assertThat(after.newestSnapshots()).hasSize(safe == null ? 0 : 1);
    return safe == null ? 0 : safe.index();
  }

  @Test
  void keepsTheNewestSnapshotThatADiskHolds() {
    Consumer.Snapshot safe = snapshot(10, 2, false);
    Consumer.Snapshot newer = snapshot(20, 1, false);
    assertThat(kept(safe, newer, 10L, 20L)).isEqualTo(20);
    assertThat(kept(safe, newer, 10L)).isEqualTo(10);
    assertThat(kept(safe, newer)).isZero();
  }

  @Test
  void keepsADisputedSnapshotOnlyIfItIsSafe() {
    assertThat(kept(snapshot(10, 2, false), snapshot(20, 1, true), 10L, 20L)).isEqualTo(10);
    assertThat(kept(snapshot(10, 2, false), snapshot(20, 2, true), 10L, 20L)).isEqualTo(20);
  }
}

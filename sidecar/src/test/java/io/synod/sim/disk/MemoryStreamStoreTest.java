package io.synod.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.sealed.StreamStore;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Tests that a damaged stream in memory behaves like a damaged file, and never yields a wrong byte.
 */
class MemoryStreamStoreTest {
  private static final StreamStore.Label LABEL = new StreamStore.Label("snapshot", 9);

  private final MemoryStreamStore streamStore = new MemorySegmentStore().streams();
  private final byte[] content = new byte[1_000];

  private void seal() {
    try (StreamWriter streamWriter = streamStore.stage(LABEL, Bytes.EMPTY)) {
      streamWriter.append(content);
      streamWriter.seal();
    }
  }

  @Test
  void namesTheDamageAndGivesTheRest() {
    int opened = 0;
    for (int seed = 0; seed < 50; seed++) {
      seal();
      assertThat(streamStore.rot(new Rng(seed), label -> true)).isEqualTo(LABEL);
      assertThat(streamStore.isWhole("snapshot")).isFalse();
      try (StreamStore.StoredStream kept = Objects.requireNonNull(streamStore.open(LABEL))) {
        opened++;
        assertThatThrownBy(kept::verify).isInstanceOf(JournalException.class);
        int refused = 0;
        for (int at = 0; at < content.length; at++) {
          try {
            assertThat(kept.read(at, 1)).containsExactly(0);
          } catch (JournalException damaged) {
            refused++;
          }
        }
        assertThat(refused).isBetween(1, 256);
      } catch (JournalException headless) {
        assertThat(headless).hasMessageContaining("its footer");
      }
    }
    assertThat(opened).isBetween(20, 49);
  }

  @Test
  void showsItToWhoeverHasItOpen() {
    seal();
    try (StreamStore.StoredStream kept = Objects.requireNonNull(streamStore.open(LABEL))) {
      streamStore.rot(new Rng(3), label -> true);
      streamStore.rot(new Rng(4), label -> true);
      streamStore.rot(new Rng(5), label -> true);
      assertThatThrownBy(kept::verify).isInstanceOf(JournalException.class);
    }
  }

  @Test
  void rotsOnlyWhatItIsAskedTo() {
    seal();
    assertThat(streamStore.rot(new Rng(1), label -> !label.group().equals("snapshot"))).isNull();
    assertThat(streamStore.isWhole("snapshot")).isTrue();
  }

  @Test
  void doesNotSealWhatDoesNotReadBack() {
    streamStore.unfit(() -> true);
    assertThatThrownBy(this::seal).isInstanceOf(JournalException.class);
    assertThat(streamStore.open(LABEL)).isNull();
    streamStore.unfit(() -> false);
    seal();
    assertThat(streamStore.isWhole("snapshot")).isTrue();
  }
}

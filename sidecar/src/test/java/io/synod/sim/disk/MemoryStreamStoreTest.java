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

  private final MemoryStreamStore vault = new MemorySegmentStore().streams();
  private final byte[] content = new byte[1_000];

  private void seal() {
    try (StreamWriter streamWriter = vault.stage(LABEL, Bytes.EMPTY)) {
      streamWriter.append(content);
      streamWriter.seal();
    }
  }

  @Test
  void namesTheDamageAndGivesTheRest() {
    int opened = 0;
    for (int seed = 0; seed < 50; seed++) {
      seal();
      assertThat(vault.rot(new Rng(seed), label -> true)).isEqualTo(LABEL);
      assertThat(vault.isWhole("snapshot")).isFalse();
      try (StreamStore.StoredStream kept = Objects.requireNonNull(vault.open(LABEL))) {
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
    try (StreamStore.StoredStream kept = Objects.requireNonNull(vault.open(LABEL))) {
      vault.rot(new Rng(3), label -> true);
      vault.rot(new Rng(4), label -> true);
      vault.rot(new Rng(5), label -> true);
      assertThatThrownBy(kept::verify).isInstanceOf(JournalException.class);
    }
  }

  @Test
  void rotsOnlyWhatItIsAskedTo() {
    seal();
    assertThat(vault.rot(new Rng(1), label -> !label.shelf().equals("snapshot"))).isNull();
    assertThat(vault.isWhole("snapshot")).isTrue();
  }

  @Test
  void doesNotSealWhatDoesNotReadBack() {
    vault.unfit(() -> true);
    assertThatThrownBy(this::seal).isInstanceOf(JournalException.class);
    assertThat(vault.open(LABEL)).isNull();
    vault.unfit(() -> false);
    seal();
    assertThat(vault.isWhole("snapshot")).isTrue();
  }
}

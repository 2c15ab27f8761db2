package io.synod.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.Bytes;
import io.synod.runtime.port.Blobs;
import io.synod.runtime.port.Intake;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Something else happens in the middle of what one thread does. */
class VaultBlobsTest {
  @TempDir Path directory = Path.of("replaced");

  private final Meddled vault = new Meddled();
  private final VaultBlobs blobs = new VaultBlobs(vault);
  private StreamFiles files;

  /** The files, with something done once after the next stream was sealed, or was opened. */
  private final class Meddled implements Vault {
    private Runnable onceSealed = () -> {};
    private Runnable onceOpened = () -> {};

    @Override
    public Intake stage(Label label, Bytes note) {
      Intake intake = files.stage(label, note);
      return new Intake() {
        @Override
        public void append(byte[] bytes) {
          intake.append(bytes);
        }

        @Override
        public long bytes() {
          return intake.bytes();
        }

        @Override
        public Bytes sha256() {
          return intake.sha256();
        }

        @Override
        public void seal() {
          intake.seal();
          Runnable now = onceSealed;
          onceSealed = () -> {};
          now.run();
        }

        @Override
        public void close() {
          intake.close();
        }
      };
    }

    @Override
    public List<Label> labels(String shelf) {
      return files.labels(shelf);
    }

    @Override
    public List<String> shelves() {
      return files.shelves();
    }

    @Override
    public @Nullable Kept open(Label label) {
      Kept kept = files.open(label);
      Runnable now = onceOpened;
      onceOpened = () -> {};
      now.run();
      return kept;
    }

    @Override
    public void delete(Label label) {
      files.delete(label);
    }

    @Override
    public long bytes() {
      return files.bytes();
    }

    @Override
    public void close() {
      files.close();
    }
  }

  @BeforeEach
  void open() {
    files = StreamFiles.open(directory, 7);
  }

  @AfterEach
  void close() {
    files.close();
  }

  private void put(byte[] content) {
    try (Intake intake = blobs.stage("ledger", 7)) {
      intake.append(content);
      intake.seal();
    }
  }

  @Test
  void removesNothingThatTookThePlaceWhileItWasLookedAt() {
    put(new byte[] {1});
    Blobs.Sealed old = blobs.sealed().get(0);
    vault.onceSealed = () -> blobs.delete(old);
    put(new byte[] {2});
    try (Stored kept = Objects.requireNonNull(blobs.open("ledger", 7))) {
      assertThat(kept.read(0, 10)).containsExactly(2);
    }
  }

  @Test
  void doesNotTakeAWholeOneForDamagedBecauseTheOneBeforeItWas() throws IOException {
    byte[] content = Samples.content(7, 120_000);
    put(content);
    try (var all = Files.list(directory)) {
      Path file = all.findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      bytes[9_000] ^= 4;
      files.close();
      Files.write(file, bytes);
    }
    files = StreamFiles.open(directory, 7);
    vault.onceOpened = () -> put(content);
    try (Stored old = Objects.requireNonNull(blobs.open("ledger", 7))) {
      assertThatThrownBy(() -> Samples.all(old)).isInstanceOf(JournalException.class);
    }
    assertThat(blobs.list()).hasSize(1);
  }
}

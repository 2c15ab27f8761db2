package io.synod.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.sealed.MapDbStreamStore;
import io.synod.storage.sealed.StreamStore;
import io.synod.storage.tail.SampleWrites;
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

/** Tests stored snapshots of consumers when another thread interferes between two steps. */
class StoredAppSnapshotsTest {
  @TempDir Path directory = Path.of("replaced");

  private final TamperedStore streamStore = new TamperedStore();
  private final StoredAppSnapshots blobs = new StoredAppSnapshots(streamStore);
  private MapDbStreamStore files;

  /** A store that runs an action once after the next seal or opening. */
  private final class TamperedStore implements StreamStore {
    private Runnable onceSealed = () -> {};
    private Runnable onceOpened = () -> {};

    @Override
    public StreamWriter stage(Label label, Bytes note) {
      StreamWriter streamWriter = files.stage(label, note);
      return new StreamWriter() {
        @Override
        public void append(byte[] bytes) {
          streamWriter.append(bytes);
        }

        @Override
        public long bytes() {
          return streamWriter.bytes();
        }

        @Override
        public Bytes sha256() {
          return streamWriter.sha256();
        }

        @Override
        public void seal() {
          streamWriter.seal();
          Runnable now = onceSealed;
          onceSealed = () -> {};
          now.run();
        }

        @Override
        public void close() {
          streamWriter.close();
        }
      };
    }

    @Override
    public List<Label> labels(String group) {
      return files.labels(group);
    }

    @Override
    public List<String> groups() {
      return files.groups();
    }

    @Override
    public @Nullable StoredStream open(Label label) {
      StoredStream kept = files.open(label);
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
    files = MapDbStreamStore.open(directory, 7);
  }

  @AfterEach
  void close() {
    files.close();
  }

  private void put(byte[] content) {
    try (StreamWriter streamWriter = blobs.stage("ledger", 7)) {
      streamWriter.append(content);
      streamWriter.seal();
    }
  }

  @Test
  void removesNothingThatTookThePlaceWhileItWasLookedAt() {
    put(new byte[] {1});
    AppSnapshots.Sealed old = blobs.sealed().get(0);
    streamStore.onceSealed = () -> blobs.delete(old);
    put(new byte[] {2});
    try (StreamReader kept = Objects.requireNonNull(blobs.open("ledger", 7))) {
      assertThat(kept.read(0, 10)).containsExactly(2);
    }
  }

  @Test
  void doesNotTakeAWholeOneForDamagedBecauseTheOneBeforeItWas() throws IOException {
    byte[] content = SampleWrites.content(7, 120_000);
    put(content);
    try (var all = Files.list(directory)) {
      Path file = all.findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      bytes[9_000] ^= 4;
      files.close();
      Files.write(file, bytes);
    }
    files = MapDbStreamStore.open(directory, 7);
    streamStore.onceOpened = () -> put(content);
    try (StreamReader old = Objects.requireNonNull(blobs.open("ledger", 7))) {
      assertThatThrownBy(() -> SampleWrites.all(old)).isInstanceOf(JournalException.class);
    }
    assertThat(blobs.list()).hasSize(1);
  }
}

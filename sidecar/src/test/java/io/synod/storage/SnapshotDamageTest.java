package io.synod.storage;

import static io.synod.storage.Samples.accepted;
import static io.synod.storage.Samples.applied;
import static io.synod.storage.Samples.content;
import static io.synod.storage.Samples.mark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.synod.paxos.Bytes;
import io.synod.runtime.port.Blobs;
import io.synod.runtime.port.Intake;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sealed stream changes behind our back: it says so, or is as it was. */
class SnapshotDamageTest {
  private static final long CLUSTER = 7;
  private static final Vault.Label LABEL = new Vault.Label("snapshot", 9);
  private static final String FILE = "stream-snapshot-0000000000000009.mapdb";

  @TempDir Path directory = Path.of("replaced");

  private DataDirectory open() {
    return DataDirectory.open(
        directory.resolve("data"), CLUSTER, 1, new StorageSettings(64 * 1024), Samples.clock());
  }

  private Path sealed(String name) {
    return directory.resolve("data").resolve("segments").resolve(name);
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 4;
    Files.write(file, bytes);
  }

  /** Slots of one command each, and a snapshot of the last. */
  private static void fill(DataDirectory data, long from, long through) {
    for (long slot = from; slot <= through; slot++) {
      data.journal().append(List.of(accepted(slot, 2, 900), applied(slot)));
      data.journal().sync();
    }
    Samples.snapshot(data.journal(), mark(through, through), 100_000);
  }

  @Test
  void neverServesAFlippedByte() throws IOException {
    byte[] content = content(1, 120_000);
    try (StreamFiles files = StreamFiles.open(directory, CLUSTER);
        Intake intake = files.stage(LABEL, Bytes.of(new byte[] {1, 2}))) {
      intake.append(content);
      intake.seal();
    }
    Path file = directory.resolve(FILE);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(9);
    int named = 0;
    for (int round = 0; round < 1_500; round++) {
      byte[] flipped = whole.clone();
      int at = round < 600 ? round : random.nextInt(whole.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      try (StreamFiles files = StreamFiles.open(directory, CLUSTER);
          Vault.Kept kept = Objects.requireNonNull(files.open(LABEL))) {
        assertThat(kept.note().array()).containsExactly(1, 2);
        assertThat(Samples.all(kept)).isEqualTo(content);
        kept.verify();
      } catch (JournalException e) {
        named++;
        assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining("damaged");
      }
    }
    assertThat(named).isGreaterThan(500);
  }

  @Test
  void namesAFileThatWasCutOrIsAnothers() throws IOException {
    try (StreamFiles files = StreamFiles.open(directory, CLUSTER);
        Intake intake = files.stage(LABEL, Bytes.EMPTY)) {
      intake.append(content(1, 120_000));
      intake.seal();
    }
    Path file = directory.resolve(FILE);
    byte[] whole = Files.readAllBytes(file);
    refuses(CLUSTER + 1, LABEL, FILE);
    String other = "stream-snapshot-0000000000000008.mapdb";
    Files.write(directory.resolve(other), whole);
    refuses(CLUSTER, new Vault.Label("snapshot", 8), other);
    for (int length : new int[] {0, 10, 100, 4096, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      refuses(CLUSTER, LABEL, FILE);
    }
  }

  private void refuses(long cluster, Vault.Label label, String file) {
    try (StreamFiles files = StreamFiles.open(directory, cluster)) {
      assertThatThrownBy(() -> files.open(label))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining(directory.resolve(file).toString());
    }
  }

  @Test
  void removesWhatWasHalfWritten() throws IOException {
    Path half = directory.resolve("stream-snapshot-0000000000000009-3.tmp");
    Files.writeString(half, "half");
    StreamFiles.open(directory, CLUSTER).close();
    assertThat(half).doesNotExist();
  }

  @Test
  void fallsBackToTheLogWhenADamagedSnapshotIsNotNeeded() throws IOException {
    try (DataDirectory data = open()) {
      fill(data, 1, 50);
    }
    Path file = sealed("stream-snapshot-0000000000000032.mapdb");
    flip(file, 9_000);
    try (DataDirectory data = open()) {
      assertThat(data.journal().snapshot()).isNull();
      assertThat(data.journal().recovered().chosenThrough()).isEqualTo(50);
      assertThat(data.journal().read(1, 50, 1 << 30)).hasSize(50);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void namesTheDamagedSnapshotThatTheTrimmedLogNeeds() throws IOException {
    try (DataDirectory data = open()) {
      fill(data, 1, 400);
      // What is sealed may go; that is done beside.
      await()
          .until(
              () -> {
                data.journal().trim(SnapshotContract.NOTHING);
                return data.journal().oldestSlot() > 1;
              });
    }
    Path file = sealed("stream-snapshot-0000000000000190.mapdb");
    flip(file, 9_000);
    assertThatThrownBy(this::open)
        .isInstanceOf(JournalException.class)
        .hasMessage(file + ": damaged: at offset 0; " + Damage.REMEDY);
    Files.delete(file);
    assertThatThrownBy(this::open)
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("the log begins with slot")
        .hasMessageContaining("no snapshot holds the rest");
  }

  @Test
  void freesTheSpaceOfWhatIsDeletedOnceNobodyReadsIt() throws IOException {
    try (DataDirectory data = open()) {
      fill(data, 1, 5);
      Stored held = Objects.requireNonNull(data.journal().snapshot()).stream();
      fill(data, 6, 8);
      assertThat(mapped("stream-snapshot-0000000000000005")).isTrue();
      assertThat(Samples.all(held)).isEqualTo(content(5, 100_000));
      assertThat(files("stream-")).hasSize(2);
      held.close();
      assertThat(mapped("stream-snapshot-0000000000000005")).isFalse();
    }
    assertThat(mapped(directory.toString())).isFalse();
    assertThat(files("stream-")).containsExactly("stream-snapshot-0000000000000008.mapdb");
  }

  @Test
  void leavesOutWhatProvedDamagedUntilItIsGotAnew() throws IOException {
    byte[] content = content(7, 120_000);
    try (DataDirectory data = open()) {
      handOver(data, content);
    }
    String name = blobName();
    flip(sealed(name), 9_000);
    try (DataDirectory data = open()) {
      Blobs blobs = data.journal().blobs();
      assertThat(blobs.list()).hasSize(1);
      Stored damaged = Objects.requireNonNull(blobs.open("ledger", 7));
      assertThatThrownBy(() -> Samples.all(damaged)).isInstanceOf(JournalException.class);
      assertThat(blobs.list()).isEmpty();
      assertThatThrownBy(() -> blobs.open("ledger", 7))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining(name);
      handOver(data, content);
      // Whoever still reads the old one says nothing of the new one.
      assertThatThrownBy(() -> Samples.all(damaged)).isInstanceOf(JournalException.class);
      assertThat(data.journal().blobs().list()).hasSize(1);
      try (Stored whole = Objects.requireNonNull(blobs.open("ledger", 7))) {
        assertThat(Samples.all(whole)).isEqualTo(content);
      }
      damaged.close();
    }
  }

  @Test
  void removesWhatCannotBeReadAtAll() throws IOException {
    try (DataDirectory data = open()) {
      handOver(data, content(7, 120_000));
    }
    Path file = sealed(blobName());
    Files.write(file, new byte[10]);
    try (DataDirectory data = open()) {
      Blobs blobs = data.journal().blobs();
      assertThat(blobs.list()).isEmpty();
      assertThat(blobs.sealed()).containsExactly(new Blobs.Sealed(blobs.shelf("ledger"), 7, 0));
      blobs.sealed().forEach(blobs::delete);
      assertThat(blobs.sealed()).isEmpty();
    }
    assertThat(file).doesNotExist();
  }

  private static void handOver(DataDirectory data, byte[] content) {
    try (Intake intake = data.journal().blobs().stage("ledger", 7)) {
      intake.append(content);
      intake.seal();
    }
  }

  private String blobName() throws IOException {
    return files("stream-blob-").get(0);
  }

  private List<String> files(String beginning) throws IOException {
    try (var files = Files.list(directory.resolve("data").resolve("segments"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(beginning))
          .toList();
    }
  }

  private static boolean mapped(String name) throws IOException {
    return Files.readString(Path.of("/proc/self/maps")).contains(name);
  }
}

package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.content;
import static io.synod.storage.tail.SampleWrites.mark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.disk.Damage;
import io.synod.storage.sealed.MapDbStreamStore;
import io.synod.storage.sealed.StreamStore;
import io.synod.storage.tail.SampleWrites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a damaged stream is reported, and that no damaged bytes are served. */
class SnapshotDamageTest {
  private static final long CLUSTER = 7;
  private static final StreamStore.Label LABEL = new StreamStore.Label("snapshot", 9);
  private static final String FILE = "stream-snapshot-0000000000000009.mapdb";

  @TempDir Path directory = Path.of("replaced");

  private DataDirectory open() {
    return DataDirectory.open(
        directory.resolve("data"),
        CLUSTER,
        1,
        new StorageSettings(64 * 1024),
        SampleWrites.clock());
  }

  private Path sealed(String name) {
    return directory.resolve("data").resolve("segments").resolve(name);
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 4;
    Files.write(file, bytes);
  }

  /** Appends slots of one command each, and takes a snapshot of the last. */
  private static void fill(DataDirectory data, long from, long through) {
    for (long slot = from; slot <= through; slot++) {
      data.journal().append(List.of(accepted(slot, 2, 900), applied(slot)));
      data.journal().sync();
    }
    SampleWrites.snapshot(data.journal(), mark(through, through), 100_000);
  }

  @Test
  void neverServesAFlippedByte() throws IOException {
    byte[] content = content(1, 120_000);
    try (MapDbStreamStore files = MapDbStreamStore.open(directory, CLUSTER);
        StreamWriter streamWriter = files.stage(LABEL, Bytes.of(new byte[] {1, 2}))) {
      streamWriter.append(content);
      streamWriter.seal();
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
      try (MapDbStreamStore files = MapDbStreamStore.open(directory, CLUSTER);
          StreamStore.StoredStream kept = Objects.requireNonNull(files.open(LABEL))) {
        assertThat(kept.note().array()).containsExactly(1, 2);
        assertThat(SampleWrites.all(kept)).isEqualTo(content);
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
    try (MapDbStreamStore files = MapDbStreamStore.open(directory, CLUSTER);
        StreamWriter streamWriter = files.stage(LABEL, Bytes.EMPTY)) {
      streamWriter.append(content(1, 120_000));
      streamWriter.seal();
    }
    Path file = directory.resolve(FILE);
    byte[] whole = Files.readAllBytes(file);
    refuses(CLUSTER + 1, LABEL, FILE);
    String other = "stream-snapshot-0000000000000008.mapdb";
    Files.write(directory.resolve(other), whole);
    refuses(CLUSTER, new StreamStore.Label("snapshot", 8), other);
    for (int length : new int[] {0, 10, 100, 4096, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      refuses(CLUSTER, LABEL, FILE);
    }
  }

  private void refuses(long cluster, StreamStore.Label label, String file) {
    try (MapDbStreamStore files = MapDbStreamStore.open(directory, cluster)) {
      assertThatThrownBy(() -> files.open(label))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining(directory.resolve(file).toString());
    }
  }

  @Test
  void removesWhatWasHalfWritten() throws IOException {
    Path half = directory.resolve("stream-snapshot-0000000000000009-3.tmp");
    Files.writeString(half, "half");
    MapDbStreamStore.open(directory, CLUSTER).close();
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
      // Sealed slots can be trimmed, and seals run in the background.
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
        .hasMessageContaining("the log begins at slot")
        .hasMessageContaining("no snapshot holds the earlier slots");
  }

  @Test
  void freesTheSpaceOfWhatIsDeletedOnceNobodyReadsIt() throws IOException {
    try (DataDirectory data = open()) {
      fill(data, 1, 5);
      StreamReader held = Objects.requireNonNull(data.journal().snapshot()).stream();
      fill(data, 6, 8);
      assertThat(mapped("stream-snapshot-0000000000000005")).isTrue();
      assertThat(SampleWrites.all(held)).isEqualTo(content(5, 100_000));
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
      AppSnapshots appSnapshots = data.journal().appSnapshots();
      assertThat(appSnapshots.list()).hasSize(1);
      StreamReader damaged = Objects.requireNonNull(appSnapshots.open("ledger", 7));
      assertThatThrownBy(() -> SampleWrites.all(damaged)).isInstanceOf(JournalException.class);
      assertThat(appSnapshots.list()).isEmpty();
      assertThatThrownBy(() -> appSnapshots.open("ledger", 7))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining(name);
      handOver(data, content);
      // Damage found by a reader of the old stream does not concern the new one.
      assertThatThrownBy(() -> SampleWrites.all(damaged)).isInstanceOf(JournalException.class);
      assertThat(data.journal().appSnapshots().list()).hasSize(1);
      try (StreamReader whole = Objects.requireNonNull(appSnapshots.open("ledger", 7))) {
        assertThat(SampleWrites.all(whole)).isEqualTo(content);
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
      AppSnapshots appSnapshots = data.journal().appSnapshots();
      assertThat(appSnapshots.list()).isEmpty();
      assertThat(appSnapshots.sealed())
          .containsExactly(new AppSnapshots.Sealed(appSnapshots.group("ledger"), 7, 0));
      appSnapshots.sealed().forEach(appSnapshots::delete);
      assertThat(appSnapshots.sealed()).isEmpty();
    }
    assertThat(file).doesNotExist();
  }

  private static void handOver(DataDirectory data, byte[] content) {
    try (StreamWriter streamWriter = data.journal().appSnapshots().stage("ledger", 7)) {
      streamWriter.append(content);
      streamWriter.seal();
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

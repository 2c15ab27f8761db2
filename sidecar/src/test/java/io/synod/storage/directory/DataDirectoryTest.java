package io.synod.storage.directory;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.RecordedLog;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.tail.SampleWrites;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.TailFile;
import io.synod.storage.tail.TailRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests opening a data directory: its lock, its superblock, its permissions and its contents. */
class DataDirectoryTest {
  @TempDir Path parent = Path.of("replaced");

  private Path directory() {
    return parent.resolve("data");
  }

  private DataDirectory open(long cluster, int node) {
    return DataDirectory.open(
        directory(), cluster, node, new StorageSettings(64 * 1024), SampleWrites.clock());
  }

  @Test
  void keepsTheIncarnationItMadeAtFirst() {
    long incarnation;
    try (DataDirectory data = open(7, 1)) {
      incarnation = data.incarnation();
      assertThat(incarnation).isNotZero();
    }
    try (DataDirectory data = open(7, 1)) {
      assertThat(data.incarnation()).isEqualTo(incarnation);
    }
  }

  @Test
  void isForItsOwnerOnly() throws IOException {
    try (DataDirectory data = open(7, 1)) {
      assertThat(data.incarnation()).isNotZero();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
          .isEqualTo("rwx------");
    }
  }

  /**
   * Appends slots of a kilobyte until some are in the archive and recorded there by the superblock;
   * returns how many.
   */
  private int fillUntilSealed(DataDirectory data) {
    Path first = directory().resolve(TailFile.name(1));
    int slot = 0;
    do {
      slot++;
      data.journal().append(List.of(accepted(slot, 1, 1000), applied(slot)));
      data.journal().sync();
    } while (slot < 1000 || Files.exists(first));
    return slot;
  }

  @Test
  void sealsBesideTheLoop() {
    int slots;
    try (DataDirectory data = open(7, 1)) {
      slots = fillUntilSealed(data);
      assertThat(data.journal().read(1, slots, 1 << 30)).hasSize(slots);
    }
    try (DataDirectory data = open(7, 1)) {
      assertThat(data.journal().recovered().archivedThrough()).isPositive();
      assertThat(data.journal().read(1, slots, 1 << 30)).hasSize(slots);
    }
  }

  @Test
  void refusesAnotherClusterOrNode() {
    open(7, 1).close();
    assertThatThrownBy(() -> open(8, 1))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("another cluster");
    assertThatThrownBy(() -> open(7, 2))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("node 1, not to node 2");
    open(7, 1).close();
  }

  @Test
  void refusesASecondOpeningInThisProcess() {
    try (DataDirectory data = open(7, 1)) {
      assertThatThrownBy(() -> open(7, 1))
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining(directory().toString())
          .hasMessageContaining("in use by this process");
      data.journal().append(List.of(new Write.Promised(ballot(2))));
      data.journal().sync();
    }
    try (DataDirectory data = open(7, 1)) {
      assertThat(data.journal().recovered().promised()).isEqualTo(ballot(2));
    }
  }

  @Test
  void refusesADirectoryThatAnotherProcessHolds() throws Exception {
    Files.createDirectories(directory());
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                directory().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('x');
      assertThatThrownBy(() -> open(7, 1))
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining(directory().toString())
          .hasMessageContaining("process " + holder.pid());
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    open(7, 1).close();
  }

  @Test
  void refusesADirectoryOfSomebodyElse() throws IOException {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("thesis.doc"), "mine");
    assertThatThrownBy(() -> open(7, 1))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("thesis.doc");
    assertThat(directory()).isDirectoryContaining("glob:**thesis.doc");
    try (var files = Files.list(directory())) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void refusesADirectoryOfSomebodyElseThatHoldsOurNames() throws IOException {
    Map<String, String> named =
        Map.of("lock", "mine", "segments", "mine", "segments/cut.mp4", "mine", "lock/key", "mine");
    for (Map.Entry<String, String> foreign : named.entrySet()) {
      Path other = parent.resolve("other-" + foreign.getKey().replace('/', '-'));
      Path file = other.resolve(foreign.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, foreign.getValue());
      Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rwxr-xr-x");
      Files.setPosixFilePermissions(other, mode);
      assertThatThrownBy(
              () ->
                  DataDirectory.open(
                      other, 7, 1, new StorageSettings(64 * 1024), SampleWrites.clock()))
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining(other.toString())
          .hasMessageContaining("the first file is " + other.relativize(file).getName(0));
      assertThat(file).hasContent(foreign.getValue());
      assertThat(Files.getPosixFilePermissions(other)).isEqualTo(mode);
      try (var files = Files.walk(other)) {
        assertThat(files.filter(Files::isRegularFile)).containsExactly(file);
      }
    }
  }

  @Test
  void takesADirectoryThatAProcessLeftHalfMade() throws IOException {
    for (String pid : List.of("", "4711\n")) {
      Path half = parent.resolve("half-" + pid.length());
      Files.createDirectories(half.resolve("segments"));
      Files.writeString(half.resolve("lock"), pid);
      DataDirectory.open(half, 7, 1, new StorageSettings(64 * 1024), SampleWrites.clock()).close();
      assertThat(half.resolve(Superblock.NAME)).isRegularFile();
    }
  }

  @Test
  void leavesAloneWhatIsNotItsOwn() throws IOException {
    open(7, 1).close();
    List<String> foreign =
        List.of(".nfs0001", "backup.tgz", "segments/.nfs0002", "segments/segment-1.mapdb.bak");
    for (String name : foreign) {
      Files.writeString(directory().resolve(name), "mine");
    }
    Files.createDirectories(directory().resolve("tail-old"));
    List<String> logged = new ArrayList<>();
    Logger logger = Logger.getLogger(DirectoryContents.class.getName());
    Handler handler = RecordedLog.into(logged);
    logger.addHandler(handler);
    try {
      open(7, 1).close();
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(logged).hasSize(1);
    assertThat(logged.get(0)).contains(foreign).contains("tail-old").contains("left alone");
    for (String name : foreign) {
      assertThat(directory().resolve(name)).hasContent("mine");
    }
  }

  @Test
  void takesANewDirectoryInWhichFilesAreHidden() throws IOException {
    Files.createDirectories(directory().resolve(".snapshot"));
    Files.writeString(directory().resolve(".nfs0001"), "mine");
    open(7, 1).close();
    assertThat(directory().resolve(".nfs0001")).hasContent("mine");
  }

  @Test
  void takesTheRootOfAFileSystem() throws IOException {
    Files.createDirectories(directory().resolve("lost+found"));
    open(7, 1).close();
    assertThat(directory().resolve("lost+found")).exists();
  }

  @Test
  void refusesAFileInPlaceOfTheDirectory() throws IOException {
    Files.writeString(directory(), "not a directory");
    assertThatThrownBy(() -> open(7, 1))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("not a directory");
  }

  @Test
  void namesTheTailFileThatIsMissing() throws IOException {
    try (DataDirectory data = open(7, 1)) {
      data.journal().append(List.of(accepted(1, 1)));
      data.journal().sync();
    }
    Path tail = directory().resolve(TailFile.name(1));
    Files.delete(tail);
    assertThatThrownBy(() -> open(7, 1))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining(tail + " is missing");
  }

  @Test
  void namesTheSuperblockThatIsMissing() throws IOException {
    open(7, 1).close();
    Files.delete(directory().resolve(Superblock.NAME));
    assertThatThrownBy(() -> open(7, 1))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("superblock is missing");
  }

  @Test
  void refusesTheFormatOfAnEarlierVersion() throws IOException {
    open(7, 1).close();
    Path superblock = directory().resolve(Superblock.NAME);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(superblock));
    for (int copy = 0; copy < bytes.capacity(); copy += 4096) {
      bytes.putInt(copy + 8, 1).putInt(copy + 88, TailRecord.crc(bytes, copy, 88));
    }
    Files.write(superblock, bytes.array());
    assertThatThrownBy(() -> open(7, 1))
        .isInstanceOf(DirectoryException.class)
        .hasMessage(superblock + " has format 1; this version reads 2 and 3");
  }

  @Test
  void namesTheArchiveThatIsMissing() throws IOException {
    try (DataDirectory data = open(7, 1)) {
      fillUntilSealed(data);
    }
    try (var files = Files.list(directory().resolve("segments"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> open(7, 1))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("the archive ends at 0");
  }
}

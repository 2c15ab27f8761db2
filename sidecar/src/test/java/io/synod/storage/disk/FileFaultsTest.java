package io.synod.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the disk on a real directory with partial reads and writes, failed syncs and errors. */
class FileFaultsTest {
  private static final int BYTES = 300_000;

  @TempDir Path directory = Path.of("replaced");
  private FaultyFiles files = FaultyFiles.below(directory);
  private FileDisk disk = new FileDisk(directory);

  @BeforeEach
  void putTheShimBelow() {
    files = FaultyFiles.below(directory);
    disk = new FileDisk(files.of(directory));
  }

  private static byte[] pattern(int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 31 + i / 256);
    }
    return content;
  }

  @Test
  void continuesWhatIsWrittenAndReadInParts() throws IOException {
    files.writeAtOnce(777);
    byte[] content = pattern(BYTES - 1_000);
    try (Disk.BlockFile file = disk.create("one", BYTES)) {
      assertThat(file.size()).isEqualTo(BYTES);
      file.write(512, ByteBuffer.wrap(content));
      ByteBuffer read = ByteBuffer.allocate(content.length);
      file.read(512, read);
      assertThat(read.array()).isEqualTo(content);
    }
    files.writeAtOnce(Integer.MAX_VALUE);
    try (Disk.BlockFile file = disk.open("one")) {
      ByteBuffer read = ByteBuffer.allocate(content.length);
      file.read(512, read);
      assertThat(read.array()).isEqualTo(content);
    }
  }

  @Test
  void tellsOfASyncThatFailedAndTriesItOnce() throws IOException {
    try (Disk.BlockFile file = disk.create("one", BYTES)) {
      file.write(0, ByteBuffer.wrap(pattern(100)));
      files.calls().clear();
      files.failSyncAfter(0);
      assertThatThrownBy(file::sync)
          .isInstanceOf(IOException.class)
          .hasMessage(directory.resolve("one") + ": simulated failure: sync");
      assertThat(files.calls()).containsExactly("sync one");
    }
  }

  @Test
  void makesNoFileOfWhichASyncFailed() throws IOException {
    disk.create("one", BYTES).close();
    long syncs = files.calls().stream().filter(call -> call.startsWith("sync")).count();
    assertThat(syncs).isGreaterThan(2);
    disk.delete("one");
    for (int others = 0; others < syncs; others++) {
      files.failSyncAfter(others);
      assertThatThrownBy(() -> disk.create("one", BYTES))
          .as("sync %s", others)
          .isInstanceOf(IOException.class);
      assertThat(disk.list()).isEmpty();
    }
  }

  @Test
  void syncsAFileBeforeItsName() throws IOException {
    disk.create("one", BYTES).close();
    List<String> calls = new ArrayList<>(files.calls());
    String name = "sync " + directory.getFileName();
    assertThat(calls.indexOf(name)).isEqualTo(calls.size() - 1);
    assertThat(calls.get(calls.size() - 2)).isEqualTo("sync one");
    files.calls().clear();
    disk.delete("one");
    assertThat(files.calls()).containsExactly("delete one", name);
  }
}

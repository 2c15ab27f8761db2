package io.synod.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the disk on a real directory. */
class FileDiskTest {
  private static final int BYTES = 1 << 20;

  @TempDir Path directory = Path.of("replaced");

  private static byte[] read(Disk.BlockFile file, long offset, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    file.read(offset, buffer);
    return buffer.array();
  }

  @Test
  void keepsWhatItWasGiven() throws IOException {
    FileDisk disk = new FileDisk(directory);
    byte[] content = new byte[200_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31);
    }
    try (Disk.BlockFile file = disk.create("one", BYTES)) {
      assertThat(read(file, 0, BYTES)).containsOnly(0);
      file.write(512, ByteBuffer.wrap(content));
      file.sync();
    }
    try (Disk.BlockFile file = disk.open("one")) {
      assertThat(file.size()).isEqualTo(BYTES);
      assertThat(read(file, 512, content.length)).isEqualTo(content);
    }
    assertThat(disk.list()).containsExactly("one");
    disk.delete("one");
    assertThat(disk.list()).isEmpty();
  }

  @Test
  void readsTheSameFromTheDeviceAtAnyOffset() throws IOException {
    byte[] content = new byte[20_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31);
    }
    try (Disk.BlockFile file = new FileDisk(directory).create("one", content.length)) {
      file.write(0, ByteBuffer.wrap(content));
      for (int offset : new int[] {0, 1, 512, 4096, 4097, 19_488, 19_999}) {
        for (int bytes : new int[] {1, 512, 5000, 20_000}) {
          int there = Math.min(bytes, content.length - offset);
          ByteBuffer buffer = ByteBuffer.allocate(there);
          file.readUncached(offset, buffer);
          assertThat(buffer.hasRemaining()).isFalse();
          assertThat(buffer.array()).isEqualTo(Arrays.copyOfRange(content, offset, offset + there));
        }
      }
    }
  }

  @Test
  void saysOnceThatADeviceCannotBeAsked() {
    List<String> said = new ArrayList<>();
    Logger logger = Logger.getLogger(UncachedReader.class.getName());
    Handler handler = RecordedLog.into(said);
    logger.addHandler(handler);
    try {
      AtomicBoolean logged = new AtomicBoolean();
      for (String name : List.of("gone", "lost")) {
        UncachedReader reader = new UncachedReader(directory.resolve(name), logged);
        assertThat(reader.fill(0, ByteBuffer.allocate(512))).isFalse();
        assertThat(reader.fill(0, ByteBuffer.allocate(512))).isFalse();
      }
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).startsWith(directory.resolve("gone") + ": cannot be read bypassing");
  }

  @Test
  void tellsHowMuchRoomThereIs() throws IOException {
    assertThat(new FileDisk(directory).usableBytes()).isPositive();
    assertThatThrownBy(() -> new FileDisk(directory.resolve("gone")).usableBytes())
        .isInstanceOf(IOException.class);
  }

  @Test
  void neverGrowsAFile() throws IOException {
    try (Disk.BlockFile file = new FileDisk(directory).create("one", 4096)) {
      assertThatThrownBy(() -> file.write(4000, ByteBuffer.allocate(100)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("one: a write beyond the end");
    }
    assertThat(Files.size(directory.resolve("one"))).isEqualTo(4096);
  }

  @Test
  void writesAndReadsOnAnInterruptedThread() throws IOException {
    FileDisk disk = new FileDisk(directory);
    Thread.currentThread().interrupt();
    try (Disk.BlockFile file = disk.create("one", BYTES)) {
      file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      file.sync();
      assertThat(read(file, 0, 3)).containsExactly(1, 2, 3);
      assertThat(Thread.interrupted()).as("the interrupt flag is kept for the caller").isTrue();
      file.write(3, ByteBuffer.wrap(new byte[] {4}));
      file.sync();
      assertThat(read(file, 0, 4)).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void keepsWritingAndReadingWhileReadersAreInterrupted() throws Exception {
    AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    AtomicBoolean written = new AtomicBoolean();
    try (Disk.BlockFile file = new FileDisk(directory).create("one", BYTES)) {
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread reader =
            new Thread(
                () -> {
                  try {
                    while (!written.get()) {
                      read(file, 0, 100_000);
                    }
                  } catch (IOException | RuntimeException e) {
                    failed.set(e);
                  }
                });
        reader.start();
        readers.add(reader);
      }
      for (int i = 0; i < 3000; i++) {
        readers.get(i % readers.size()).interrupt();
        file.write(i % 1000, ByteBuffer.wrap(new byte[] {7}));
      }
      written.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      file.sync();
      assertThat(failed.get()).isNull();
      assertThat(read(file, 0, 1)).containsExactly(7);
    }
  }
}

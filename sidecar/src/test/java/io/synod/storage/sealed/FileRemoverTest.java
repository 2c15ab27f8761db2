package io.synod.storage.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.runtime.port.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the removal of files of any length. */
class FileRemoverTest {
  @TempDir Path directory = Path.of("replaced");

  private Path file(int bytes) throws IOException {
    return Files.write(directory.resolve("file-" + bytes), new byte[bytes]);
  }

  @Test
  void removesAFileOfAnyLength() throws IOException {
    for (int bytes : new int[] {0, 1, 4 << 20, (4 << 20) + 1, 13 << 20}) {
      Path file = file(bytes);
      FileRemover.remove(file);
      assertThat(file).doesNotExist();
      FileRemover.remove(file);
    }
  }

  @Test
  void removesItForAnInterruptedThreadThatStaysInterrupted() throws IOException {
    Path file = file(9 << 20);
    Thread.currentThread().interrupt();
    FileRemover.remove(file);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).doesNotExist();
  }

  @Test
  void saysWhatItCannotRemove() throws IOException {
    Path full = Files.createDirectory(directory.resolve("full"));
    Files.createFile(full.resolve("file"));
    assertThatThrownBy(() -> FileRemover.remove(full))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining(full + ": cannot be removed: ");
  }

  @Test
  void leavesAnotherNameOfTheSameFileWhatItIs() throws IOException {
    Path file = file(9 << 20);
    Path copy = Files.createLink(directory.resolve("copy"), file);
    FileRemover.remove(file);
    assertThat(file).doesNotExist();
    assertThat(copy).hasSize(9 << 20);
    Path link = Files.createSymbolicLink(directory.resolve("link"), copy);
    FileRemover.remove(link);
    assertThat(link).doesNotExist();
    assertThat(copy).hasSize(9 << 20);
  }

  @Test
  void takesOnWorkUntilItIsClosed() throws Exception {
    Path file = file(9 << 20);
    Path late = file(1);
    FileRemover remover = new FileRemover();
    remover.removeLater(file);
    long end = System.nanoTime() + 10_000_000_000L;
    while (Files.exists(file) && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertThat(file).doesNotExist();
    remover.close();
    remover.removeLater(late);
    assertThat(late).exists();
  }
}

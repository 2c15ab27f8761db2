package io.synod.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.storage.disk.DirectoryException;
import io.synod.storage.tail.Superblock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the making of a data directory below a parent that can be synced or not. */
class DirectoryMakerTest {
  @TempDir Path parent = Path.of("replaced");
  private final List<Path> synced = new ArrayList<>();

  private static void refuse(Path directory) throws IOException {
    throw new IOException("Invalid argument");
  }

  @Test
  void syncsTheNameOfEveryDirectoryThatItMakes() {
    Path data = parent.resolve("a/b/data");
    DirectoryMaker.prepare(data, synced::add);
    assertThat(data).isDirectory();
    assertThat(synced).containsExactly(parent, parent.resolve("a"), parent.resolve("a/b"));
  }

  @Test
  void refusesADirectoryThatItMadeWithoutADurableName() {
    Path data = parent.resolve("data");
    assertThatThrownBy(() -> DirectoryMaker.prepare(data, DirectoryMakerTest::refuse))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining(data.toString())
        .hasMessageContaining("Invalid argument");
  }

  @Test
  void takesADirectoryThatWasThereThoughItsNameCannotBeSynced() throws IOException {
    Path data = Files.createDirectory(parent.resolve("data"));
    assertThat(DirectoryMaker.prepare(data, DirectoryMakerTest::refuse))
        .isEqualTo(data.toRealPath());
  }

  @Test
  void syncsNoNameOfADirectoryThatIsInUse() throws IOException {
    Path data = Files.createDirectory(parent.resolve("data"));
    DirectoryMaker.prepare(data, synced::add);
    assertThat(synced).containsExactly(parent.toRealPath());
    Files.createFile(data.resolve(Superblock.NAME));
    DirectoryMaker.prepare(data, synced::add);
    assertThat(synced).hasSize(1);
  }
}

package io.synod.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that an error names its file once, and gives the reason. */
class FileErrorReasonTest {
  @TempDir Path directory = Path.of("replaced");

  @Test
  void namesNoFileThatWasNamed() {
    assertThat(FileErrorReason.of("/d/a", new IOException("/d/a: no space"))).isEqualTo("no space");
    assertThat(FileErrorReason.of("/d/a", new IOException("no space"))).isEqualTo("no space");
    assertThat(FileErrorReason.of("/d/a", new NoSuchFileException("/d/a")))
        .isEqualTo("it does not exist");
    assertThat(FileErrorReason.of("/d/a", new FileSystemException("/d/a", null, "full")))
        .isEqualTo("full");
    assertThat(FileErrorReason.of("/d", new AccessDeniedException("/d/a")))
        .isEqualTo("/d/a: access is denied");
    assertThat(FileErrorReason.of("/d", new IOException())).isEqualTo("an input or output error");
  }

  @Test
  void isWhatTheFilesSay() {
    String path = directory.resolve("absent").toString();
    assertThatThrownBy(() -> new FileDisk(directory).open("absent"))
        .hasMessage(path + ": it does not exist");
  }
}

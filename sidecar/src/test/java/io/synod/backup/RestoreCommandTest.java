package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.cli.shared.ExitStatus;
import io.synod.main.InProcess;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Recovered;
import io.synod.state.State;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.disk.DirectoryException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tests {@code synod restore}, and what a start finds in the directory that it made. */
final class RestoreCommandTest extends RestoreSteps {
  @Test
  void makesADirectoryThatBeginsWithTheState() {
    restored("one", 1);
    assertThat(out)
        .contains(
            "node 1 of cluster synod, restored from cluster town at index "
                + sample.state().index(),
            "begins at index " + (sample.state().index() + SKIP));

    try (DataDirectory data = open("one", original(), 1)) {
      Recovered recovered = data.journal().recovered();
      State.Mark mark = sample.state().mark();
      assertThat(recovered.promised().isNone()).isTrue();
      assertThat(recovered.accepted()).isEmpty();
      assertThat(recovered.formed()).isFalse();
      assertThat(recovered.archivedThrough()).isEqualTo(mark.slot());
      assertThat(recovered.chosenThrough()).isEqualTo(mark.slot());
      assertThat(recovered.archivedCommands()).isEqualTo(mark.index() + SKIP);
      assertThat(recovered.origin())
          .isEqualTo(new Origin(mark.slot(), mark.digest(), data.restore()));
      assertThat(data.journal().oldestIndex()).isEqualTo(mark.index() + SKIP + 1);
      check(data);
    }
  }

  @Test
  void givesVotersOfOneRestoreOneIdentityAndNoOther() throws IOException {
    long one = restored("one", 1);
    assertThat(restored("two", 2)).isEqualTo(one);
    assertThat(restored("three", 3)).isEqualTo(one);
    assertThat(one).isNotEqualTo(Long.parseUnsignedLong(original(), 16));
    assertThat(restored("skip", 1, "--skip-indexes", "5")).isNotEqualTo(one);
    assertThat(restored("name", 1, "--cluster", "other")).isNotEqualTo(one);
    assertThat(restored("voters", 1, "--peers", "1=127.0.0.1:7402")).isNotEqualTo(one);
    sample.put("city", "Linz");
    Files.write(file, sample.bytes());
    assertThat(restored("later", 1)).isNotEqualTo(one);

    long[] incarnations = new long[2];
    for (int i = 0; i < 2; i++) {
      try (DataDirectory data = open(i == 0 ? "one" : "two", original(), i + 1)) {
        incarnations[i] = data.incarnation();
      }
    }
    assertThat(incarnations[0]).isNotEqualTo(incarnations[1]);
  }

  @Test
  void isOpenedOnlyAsTheNodeForWhichItWasRestored() {
    restored("one", 1);
    assertThatThrownBy(() -> open("one", original(), 2))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("belongs to node 1, not to node 2");
    assertThatThrownBy(() -> open("one", "5eed", 1))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("restored for another cluster name, or for other voters");
  }

  @Test
  void isNoDirectoryUntilItIsComplete() throws IOException {
    restored("one", 1);
    Path one = dir.resolve("one");
    Files.delete(one.resolve("superblock"));
    assertThatThrownBy(() -> open("one", original(), 1)).isInstanceOf(RuntimeException.class);

    // A process that ended while it wrote the superblock leaves zeroes.
    Files.write(one.resolve("superblock"), new byte[8_192]);
    assertThatThrownBy(() -> open("one", original(), 1)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void doesNotBeginWithoutItsDamagedSnapshot() throws IOException {
    restored("one", 1);
    Path segments = dir.resolve("one/segments");
    for (String name : names(segments)) {
      if (name.startsWith("stream-snapshot-")) {
        byte[] bytes = Files.readAllBytes(segments.resolve(name));
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Graz");
        assertThat(at).isPositive();
        bytes[at] ^= 1;
        Files.write(segments.resolve(name), bytes);
      }
    }
    assertThatThrownBy(() -> open("one", original(), 1)).hasMessageContaining("damaged");
  }

  @Test
  void isInspectedAsItIsWritten() {
    restored("one", 1);
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    int status =
        InProcess.run(report, report, "inspect", dir.resolve("one").toString(), "--verify");
    assertThat(status).as(report.toString(StandardCharsets.UTF_8)).isEqualTo(ExitStatus.OK);
    assertThat(report.toString(StandardCharsets.UTF_8)).containsPattern("format +3");
  }

  @Test
  void takesADirectoryInWhichASidecarOrARestoreOnlyBegan() throws IOException {
    Path begun = Files.createDirectories(dir.resolve("begun/segments"));
    Files.writeString(begun.resolveSibling("lock"), "77\n");
    restored("begun", 1);
    try (DataDirectory data = open("begun", original(), 1)) {
      check(data);
    }
  }
}

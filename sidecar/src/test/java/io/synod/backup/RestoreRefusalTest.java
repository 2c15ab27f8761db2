package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.api.MemoryAppSnapshots;
import io.synod.cli.shared.ExitStatus;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.StreamWriter;
import io.synod.state.RestoredState;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.directory.RestoredDirectory;
import io.synod.storage.disk.DirectoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tests what {@code synod restore} refuses, and that it leaves nothing then. */
final class RestoreRefusalTest extends RestoreSteps {
  @Test
  void refusesADirectoryThatIsNotEmptyOrInUse() throws IOException {
    Path used = dir.resolve("used");
    Files.createDirectory(used);
    Files.writeString(used.resolve("notes"), "mine");
    refused("is not empty: it holds notes", used, file);
    assertThat(names(used)).containsExactly("notes");
    Files.writeString(used.resolve("lock"), "mine too");
    refused("is not empty: it holds lock", used, file);
    assertThat(used.resolve("lock")).hasContent("mine too");

    restored("one", 1);
    refused("is not empty: it holds superblock", dir.resolve("one"), file);
    try (DataDirectory running = open("one", original(), 1)) {
      refused("is already in use by this process", dir.resolve("one"), file);
      assertThat(running.restore()).isNotZero();
    }
    try (DataDirectory unharmed = open("one", original(), 1)) {
      check(unharmed);
    }
  }

  @Test
  void leavesNothingOfADamagedBackup() throws IOException {
    byte[] whole = sample.bytes();
    Path broken = dir.resolve("broken");
    Path data = dir.resolve("data");
    for (int at = 0; at < whole.length; at += 97) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 1;
      Files.write(broken, flipped);
      refused(broken + ": the ", data, broken);
      assertThat(data).doesNotExist();
    }
    Files.write(broken, java.util.Arrays.copyOf(whole, whole.length - 1));
    refused("the backup is damaged: ", data, broken);
    refused("there is no such file", data, dir.resolve("none"));
    assertThat(data).doesNotExist();
  }

  @Test
  void refusesWhatAnEndedRestoreLeft() throws IOException {
    restored("one", 1);
    Path one = dir.resolve("one");
    Files.delete(one.resolve("superblock"));
    refused("is not empty: it holds segments", one, file);
    for (String name : names(one.resolve("segments"))) {
      Path whole = one.resolve("segments").resolve(name);
      Files.move(whole, whole.resolveSibling(name.replace(".mapdb", "-1.tmp")));
    }
    refused("is not empty: it holds segments", one, file);
    assertThatThrownBy(() -> open("one", original(), 1))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("segments: choose an empty directory");
  }

  @Test
  void removesWhatIsNotCompleted() throws IOException {
    Path one = dir.resolve("one");
    try (RestoredDirectory made = RestoredDirectory.create(one, 3, 1, 5);
        StreamWriter state = made.snapshots().stageState(new SnapshotMark(7, 8, 9, 10))) {
      state.append(new byte[1_000]);
      state.seal();
      assertThat(names(one.resolve("segments"))).hasSize(1);
    }
    assertThat(one.resolve("segments")).isEmptyDirectory();
    restored("one", 1);
    try (DataDirectory data = open("one", original(), 1)) {
      check(data);
    }
  }

  @Test
  void refusesAFileThatCanBeReadOnlyOnce() throws IOException {
    refused("/dev/null is no regular file", dir.resolve("one"), Path.of("/dev/null"));
    assertThat(dir.resolve("one")).doesNotExist();
  }

  @Test
  void refusesABackupThatHoldsNothing() throws IOException {
    Files.write(file, SampleBackup.bytes(new Machine().state(), new MemoryAppSnapshots()));
    refused("holds the state before the first command", dir.resolve("one"), file);
    assertThat(dir.resolve("one")).doesNotExist();
  }

  @Test
  void refusesIndexesThatHaveNoSuccessors() throws IOException {
    State.Mark mark = sample.state().mark();
    long jump = Long.MAX_VALUE - mark.index();
    State last = RestoredState.of(sample.state(), jump, new TreeSet<>(List.of(1)));
    MemoryAppSnapshots apps = new MemoryAppSnapshots();
    apps.put("ledger", Long.MAX_VALUE, SampleBackup.APP);
    Files.write(file, SampleBackup.bytes(last, apps));
    refused("its index is " + Long.MAX_VALUE, dir.resolve("one"), file);
    assertThat(dir.resolve("one")).doesNotExist();
  }

  @Test
  void refusesAWrongJump() {
    assertThat(restore(file, dir.resolve("one"), 1, "--skip-indexes", "0"))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(err).contains("--skip-indexes must be from 1");
    assertThat(restore(file, dir.resolve("one"), 9)).isEqualTo(ExitStatus.USAGE);
    assertThat(dir.resolve("one")).doesNotExist();
  }
}

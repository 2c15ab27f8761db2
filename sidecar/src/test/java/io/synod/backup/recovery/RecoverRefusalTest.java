package io.synod.backup.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.ExitStatus;
import io.synod.offline.DirectoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what {@code synod recover} refuses, in one line each. */
final class RecoverRefusalTest extends RecoverScenario {
  private void refusedPaths(String line, Path... directories) {
    String[] args = new String[directories.length + 1];
    args[0] = "recover";
    for (int i = 0; i < directories.length; i++) {
      args[i + 1] = directories[i].toString();
    }
    assertThat(synod(args)).isEqualTo(ExitStatus.ERROR);
    assertThat(err).startsWith("synod: ").contains(line).hasLineCount(1);
    assertThat(out).isEmpty();
  }

  @Test
  void refusesAQuorum() {
    voters(3);
    sample.choose(10, 50, 1, 2);
    refused(
        "nothing is lost for good, since the disks of node 1 and node 2 are a quorum of the 3"
            + " voters: start their sidecars",
        List.of(1, 2));
  }

  /** It may not be chosen, and even then it governs only later slots. */
  @Test
  void refusesAQuorumOfTheVotersWhateverMembershipWasProposed() {
    voters(3);
    sample.choose(10, 50, 1, 2);
    sample.acceptReplacement(1, sample.state().slot() + 1, 2);
    refused(
        "nothing is lost for good, since the disks of node 1 and node 2 are a quorum of the 3"
            + " voters: start their sidecars",
        List.of(1, 2));
  }

  @Test
  void refusesADirectoryInUse() throws IOException {
    voters(3);
    sample.choose(10, 50, 3);
    refusedPaths("is already in use by this process", sample.path(3));
    sample.close();
    assertThat(synod("recover", sample.path(3).toString())).isEqualTo(ExitStatus.OK);
  }

  @Test
  void refusesOtherClusters() throws IOException {
    voters(3);
    sample.choose(10, 50, 3);
    sample.close();
    SampleSurvivors first = sample;
    Path other = Files.createDirectory(dir.resolve("other"));
    sample = new SampleSurvivors(other, 3);
    sample.choose(10, 50, 2);
    sample.close();
    refusedPaths(
        sample.path(2) + " and " + first.path(3) + " belong to different clusters",
        first.path(3),
        sample.path(2));
  }

  @Test
  void refusesWhatIsNoDataDirectory() throws IOException {
    voters(3);
    Path notes = Files.createDirectory(dir.resolve("notes"));
    Files.writeString(notes.resolve("notes.txt"), "mine");
    refusedPaths("is no data directory: it holds no superblock and no log of Synod", notes);
    refusedPaths("is no data directory: it is a file", notes.resolve("notes.txt"));
    refusedPaths("none: ", dir.resolve("none"));
  }

  @Test
  void refusesCopiesOfADisk() throws IOException {
    voters(5);
    sample.choose(10, 50, 3);
    sample.close();
    Path copy = dir.resolve("copy");
    DirectoryFiles.copy(sample.path(3), copy);
    refusedPaths(
        copy + " and " + sample.path(3) + " are copies of one disk, that of node 3: leave the",
        sample.path(3),
        copy);
    Path link = Files.createSymbolicLink(dir.resolve("link"), sample.path(3));
    refusedPaths(link + " is given twice", sample.path(3), link);
  }

  @Test
  void refusesDisksThatContradictEachOther() {
    voters(5);
    sample.choose(10, 50, 2, 5);
    sample.learn(2, 11, 4, "chosen");
    sample.accept(5, 11, 6, "other");
    refused("contradict each other in slot 11", List.of(2, 5));
    refused("contradict each other in slot 11", List.of(5, 2));
  }

  @Test
  void refusesDisksWithDifferentValuesAtOneBallot() {
    voters(5);
    sample.choose(10, 50, 2, 5);
    sample.accept(2, 11, 4, "one");
    sample.accept(5, 11, 4, "other");
    refused("contradict each other in slot 11", List.of(2, 5));
  }

  @Test
  void refusesAClusterThatDidNotForm() throws IOException {
    voters(3);
    sample.close();
    refusedPaths("no slot is on these disks, so there is nothing to recover", sample.path(3));
    Path other = Files.createDirectory(dir.resolve("other"));
    Path unformed = SampleSurvivors.unformed(other);
    refusedPaths("does not record that its cluster formed", unformed);
  }

  @Test
  void refusesWrongUsage() {
    voters(3);
    assertThat(synod("recover")).isEqualTo(ExitStatus.USAGE);
    assertThat(err).contains("Try: synod recover --help");
    assertThat(synod("recover", "--help")).isEqualTo(ExitStatus.OK);
    assertThat(out).contains("--write", "--cluster", "dry run");
  }
}

package io.synod.backup.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.synod.api.MemoryAppSnapshots;
import io.synod.cli.shared.ExitStatus;
import io.synod.main.InProcess;
import io.synod.offline.DirectoryFiles;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.backup.BackupReader;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.snapshot.StoredState;
import io.synod.state.Consumer;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.result.KeyValue;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.tail.SampleWrites;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests what {@code synod recover} recovers of the disks that are left. */
final class RecoverCommandTest extends RecoverScenario {
  private static final Pattern NEXT =
      Pattern.compile("synod restore (\\S+) --skip-indexes (\\d+) --config CONFIG");

  private static String value(State state, String key) {
    KeyValue pair = Objects.requireNonNull(state.get(key));
    return new String(pair.value().bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aDryRunShowsWhatIsLeftAndChangesNothing() throws IOException {
    voters(3);
    sample.choose(40, 900, 2, 3);
    sample.takeSnapshot(3);
    sample.choose(60, 900, 3);
    sample.accept(3, 101, 4, "late");
    sample.accept(3, 103, 4, "behind a hole");
    sample.close();
    Map<String, String> before = DirectoryFiles.contents(dir);
    assertThat(recover(List.of(3))).as("%s", err).isEqualTo(ExitStatus.OK);
    assertThat(DirectoryFiles.contents(dir)).isEqualTo(before);
    assertThat(err).isEmpty();
    assertThat(out)
        .contains("cluster       voters 1, 2, 3, of which 2 are a quorum; formation ")
        .contains(
            "best          node 3, "
                + sample.path(3)
                + ": applied slot 100, index "
                + sample.state().index()
                + "; last slot 103; promised ballot 4.2")
        .contains("recovered     slot 101, index " + (sample.state().index() + 2) + ", log time ")
        .contains("chosen        slots to 100 are known to be chosen")
        .contains("uncertain     1 slot with 2 commands: accepted, and may be chosen or not.")
        .contains("LEFT OUT      1 slot with 2 commands: no disk has slot 102, and ")
        .contains(
            "MAY BE LOST   every command that was chosen after slot 101, at log time 1970-01-01T")
        .containsPattern(" 101 +4.2 +accepted +2 +3 +yes")
        .containsPattern(" 103 +4.2 +accepted +2 +3 +NO")
        .endsWith("  synod recover " + sample.path(3) + " --cluster NAME --write FILE\n");
  }

  @Test
  void takesTheDiskThatHasAppliedMost() throws IOException {
    voters(5);
    sample.choose(20, 50, 2, 5);
    sample.choose(10, 50, 5);
    JsonObject report = recovered(2, 5);
    JsonArray survivors = report.getAsJsonArray("survivors");
    assertThat(survivors).hasSize(2);
    assertThat(survivors.get(0).getAsJsonObject().get("best").getAsBoolean()).isFalse();
    JsonObject best = survivors.get(1).getAsJsonObject();
    assertThat(best.keySet())
        .containsExactly(
            "directory",
            "node",
            "voter",
            "best",
            "appliedSlot",
            "appliedIndex",
            "lastSlot",
            "promised",
            "damage");
    assertThat(best.get("node").getAsInt()).isEqualTo(5);
    assertThat(best.get("best").getAsBoolean()).isTrue();
    assertThat(position(report, "slot")).isEqualTo(30);
    assertThat(position(report, "index")).isEqualTo(sample.state().index());
    assertThat(report.getAsJsonObject("recovered").get("stateDigest").getAsString())
        .isEqualTo(HexFormat.of().toHexDigits(sample.state().mark().digest()));
    assertThat(slots(report)).isEmpty();
    assertThat(report.get("backup").isJsonNull()).isTrue();
  }

  @Test
  void takesOfEachSlotTheValueAtTheHighestBallot() throws IOException {
    voters(5);
    sample.choose(10, 50, 2, 5);
    sample.accept(5, 11, 4, "old");
    Proposal higher = sample.accept(2, 11, 6, "new");
    Proposal only = sample.accept(2, 12, 5, "only here");
    Proposal learned = sample.learn(5, 13, 4, "chosen");
    sample.accept(2, 13, 7, "chosen");
    Path file = written(2, 5);
    assertThat(read(file).state().mark())
        .isEqualTo(sample.stateAfter(higher, only, learned).mark());
    State state = read(file).state();
    assertThat(value(state, "key/11")).isEqualTo("new");
    assertThat(value(state, "twin/12")).isEqualTo("only here");
    assertThat(value(state, "key/13")).isEqualTo("chosen");
    assertThat(slots(recovered(5, 2)))
        .containsExactly(
            "11 6.1 node 2 accepted", "12 5.3 node 2 accepted", "13 7.2 node 2 chosen");
  }

  @Test
  void knowsASlotToBeChosenOnceAnyDiskDoes() {
    voters(5);
    sample.choose(10, 50, 2, 5);
    sample.accept(5, 11, 4, "value");
    sample.learn(2, 11, 4, "value");
    sample.accept(5, 12, 4, "last");
    JsonObject report = recovered(2, 5);
    assertThat(position(report, "chosenSlot")).isEqualTo(11);
    assertThat(position(report, "slot")).isEqualTo(12);
    assertThat(slots(report)).containsExactly("11 4.2 node 2 chosen", "12 4.2 node 5 accepted");
  }

  @Test
  void leavesOutWhatIsAfterAHole() throws IOException {
    voters(5);
    sample.choose(10, 50, 2, 5);
    Proposal first = sample.accept(2, 11, 4, "first");
    sample.accept(5, 13, 4, "after a hole");
    sample.learn(2, 14, 4, "chosen after a hole");
    BackupReader.Backup backup = read(written(2, 5));
    assertThat(backup.state().mark()).isEqualTo(sample.stateAfter(first).mark());
    assertThat(backup.state().get("key/14")).isNull();
    assertThat(out).contains("LEFT OUT      2 slots with 4 commands: no disk has slot 12");
    assertThat(slots(recovered(2, 5)))
        .containsExactly(
            "11 4.2 node 2 accepted",
            "13 4.2 node 5 accepted left out",
            "14 4.2 node 2 chosen left out");
  }

  @Test
  void recoversFromALearner() throws IOException {
    voters(3);
    sample.addLearner(4);
    sample.choose(12, 50, 2, 4);
    sample.choose(3, 50, 4);
    JsonObject report = recovered(2, 4);
    assertThat(position(report, "slot")).isEqualTo(15);
    JsonObject learner = report.getAsJsonArray("survivors").get(1).getAsJsonObject();
    assertThat(learner.get("voter").getAsBoolean()).isFalse();
    assertThat(recover(List.of(4))).isEqualTo(ExitStatus.OK);
    assertThat(out).contains("best          node 4, whose disk has no vote, ");
  }

  @Test
  void recoversWhatWasOnlyAccepted() throws IOException {
    voters(3);
    Proposal first = sample.accept(1, 1, 4, "");
    Proposal second = sample.accept(1, 2, 4, "second");
    assertThat(read(written(1)).state().mark()).isEqualTo(sample.stateAfter(first, second).mark());
  }

  @Test
  void aClusterThatIsRestoredFromTheFileGoesOn() throws IOException {
    voters(3);
    byte[] ledger = SampleWrites.content(7, 60_000);
    sample.choose(30, 900, 3);
    long at = sample.storeSnapshot("ledger", ledger, List.of(3), 1, 3);
    sample.choose(70, 900, 3);
    Proposal late = sample.accept(3, sample.state().slot() + 1, 4, "late");
    State expected = sample.stateAfter(late);
    Path file = written(3);
    BackupReader.Backup backup = read(file);
    assertThat(backup.state().mark()).isEqualTo(expected.mark());
    assertThat(backup.header().cluster()).isEqualTo(SampleSurvivors.CLUSTER);
    assertThat(backup.header().node()).isEqualTo(3);
    assertThat(backup.apps()).extracting(BackupReader.AppEntry::index).containsExactly(at);
    assertThat(out)
        .contains(
            "sha256 "
                + HexFormat.of()
                    .formatHex(MemoryAppSnapshots.sha256(Files.readAllBytes(file)).array()),
            "state digest " + HexFormat.of().toHexDigits(expected.mark().digest()));

    Matcher next = NEXT.matcher(out);
    assertThat(next.find()).as(out).isTrue();
    long skip = Long.parseLong(next.group(2));
    assertThat(skip).isGreaterThanOrEqualTo(RecoveredCluster.SKIP_MIN);
    assertThat(Path.of(next.group(1))).isEqualTo(file);
    Path restored = restored(next.group(1), next.group(2));
    try (DataDirectory data =
            DataDirectory.open(
                restored,
                InProcess.cluster(options("--data", "x")),
                1,
                StorageSettings.defaults(),
                SampleWrites.clock());
        StoredSnapshot snapshot = Objects.requireNonNull(data.journal().snapshot())) {
      State state = StoredState.decode(snapshot, Limits.defaults());
      assertThat(state.mark().digest()).isEqualTo(expected.mark().digest());
      assertThat(state.index()).isEqualTo(expected.index() + skip);
      serves(state, expected);
      Consumer consumer = Objects.requireNonNull(state.consumer("ledger"));
      assertThat(Objects.requireNonNull(consumer.safeSnapshot()).index()).isEqualTo(state.index());
      StreamReader app =
          Objects.requireNonNull(data.journal().appSnapshots().open("ledger", state.index()));
      assertThat(SampleWrites.all(app)).isEqualTo(ledger);
      app.close();
    }
  }

  private String[] options(String... more) {
    return Stream.concat(
            Stream.of(
                "--cluster", SampleSurvivors.CLUSTER, "--node", "1", "--peers", sample.peers()),
            Stream.of(more))
        .toArray(String[]::new);
  }

  /** Runs the command that the output names. */
  private Path restored(String file, String skip) {
    Path restored = dir.resolve("restored");
    String[] args =
        Stream.concat(
                Stream.of("restore", file, "--skip-indexes", skip),
                Stream.of(options("--data", restored.toString())))
            .toArray(String[]::new);
    assertThat(synod(args)).as("%s", err).isEqualTo(ExitStatus.OK);
    return restored;
  }

  private static void serves(State state, State expected) {
    assertThat(state.keyCount()).isEqualTo(expected.keyCount());
    expected.visit(
        "",
        "",
        pair -> {
          assertThat(state.get(pair.key())).isEqualTo(pair);
          return true;
        });
  }

  @Test
  void saysWhichSnapshotsAreOnNoDisk() throws IOException {
    voters(3);
    sample.choose(10, 50, 3);
    long at = sample.storeSnapshot("ledger", SampleWrites.content(1, 5_000), List.of(3), 1);
    long later = sample.storeSnapshot("mailer", SampleWrites.content(2, 5_000), List.of(3), 3);
    sample.propose("an order", 3);
    BackupReader.Backup backup = read(written(3));
    assertThat(backup.apps()).extracting(BackupReader.AppEntry::consumer).containsExactly("mailer");
    assertThat(out)
        .contains(
            "LOST          the snapshot of consumer ledger at index "
                + at
                + ", which is on none of these disks")
        .contains("LOST          what consumer ledger applied, since it has no snapshot")
        .contains(
            "LOST          what consumer mailer applied after its snapshot at index " + later);
    assertThat(recovered(3).getAsJsonArray("lostSnapshots").toString())
        .isEqualTo("[{\"consumer\":\"ledger\",\"index\":" + at + "}]");
  }

  @Test
  void writesTheSnapshotOfAnyDisk() throws IOException {
    voters(5);
    sample.choose(10, 50, 2, 5);
    byte[] ledger = SampleWrites.content(1, 5_000);
    sample.storeSnapshot("ledger", ledger, List.of(2, 5), 2);
    sample.choose(3, 50, 5);
    BackupReader.Backup backup = read(written(5, 2));
    assertThat(backup.apps())
        .singleElement()
        .satisfies(app -> assertThat(app.bytes()).isEqualTo(5_000));
  }

  @Test
  void neverOverwritesAFile() throws IOException {
    voters(3);
    sample.choose(10, 50, 3);
    Path file = Files.writeString(dir.resolve("taken"), "mine");
    refused(
        "taken exists: choose another name",
        List.of(3),
        "--write",
        file.toString(),
        "--cluster",
        "town");
    assertThat(err).doesNotContain("--force");
    assertThat(file).hasContent("mine");
    Path inside = sample.path(3).resolve("segments/x.backup");
    refused(
        "is in the data directory " + sample.path(3),
        List.of(3),
        "--write",
        inside.toString(),
        "--cluster",
        "town");
    assertThat(inside).doesNotExist();
    refused(
        sample.path(3) + " belongs to no cluster with the name synod: give the name with --cluster",
        List.of(3),
        "--write",
        dir.resolve("free").toString());
    assertThat(dir.resolve("free")).doesNotExist();
  }

  @Test
  void skipsMoreIndexesThanCanHaveBeenGivenSince() throws IOException {
    voters(3);
    sample.choose(10, 50, 3);
    sample.close();
    try (Survivors survivors = Survivors.open(List.of(sample.path(3)))) {
      RecoveredCluster cluster = RecoveredCluster.of(survivors);
      long then = sample.state().mark().logTimeMillis();
      long day = 86_400_000L;
      assertThat(cluster.skipIndexes(then - day)).isEqualTo(1_000_000_000_000L);
      assertThat(cluster.skipIndexes(then + day)).isEqualTo(1_000_000_000_000L);
      assertThat(cluster.skipIndexes(then + 30 * day)).isEqualTo(10_000_000_000_000L);
      assertThat(cluster.skipIndexes(then + 100_000 * day)).isEqualTo(1_000_000_000_000_000L);
    }
  }
}

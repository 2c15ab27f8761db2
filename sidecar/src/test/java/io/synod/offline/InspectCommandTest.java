package io.synod.offline;

import static io.synod.offline.DirectoryFiles.contents;
import static io.synod.offline.DirectoryFiles.copy;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.cli.shared.ExitStatus;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.TailRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests what {@code synod inspect} shows of directories that the real journal wrote. */
final class InspectCommandTest extends InspectScenario {
  @Test
  void showsWhatADirectoryHolds() {
    assertThat(inspect("--verify")).as("%s", faults).isEqualTo(ExitStatus.OK);
    assertThat(faults).isEmpty();
    assertThat(out)
        .contains("node          1 of the cluster with digest c0ffee")
        .containsPattern("superblock    first copy of generation \\d+, second copy of generation")
        .contains("promised      ballot 4.2")
        .contains("voter         yes, of the first voters 1, 2, 3")
        .contains("applied       slot " + sample.applied() + ", index " + sample.state().index())
        .contains(
            "slots 1 to "
                + (sample.applied() + 3)
                + ": "
                + (sample.applied() + 1)
                + " chosen, 2 further accepted here")
        .containsPattern("segment       segment-0{15}1.mapdb: slots 1 to \\d+, [0-9,]+ bytes")
        .containsPattern("tail          tail-[0-9a-f]{16}: log, 65,536 bytes")
        .containsPattern(
            "snapshot      slot "
                + sample.snapshotSlot()
                + ": index \\d+, [0-9,]+ bytes, digest [0-9a-f]{16}, intact")
        .contains("application   snapshot of mailer at index 3: 60,000 bytes");
  }

  @Test
  void changesNothing() throws IOException {
    Files.writeString(sample.path().resolve("segments/segment-00000000000000ff.tmp"), "half");
    Files.writeString(sample.path().resolve("segments/stream-blob-x-0000000000000009-1.tmp"), "");
    Files.writeString(sample.path().resolve("notes.txt"), "foreign");
    Map<String, String> before = contents(sample.path());
    assertThat(inspect()).isEqualTo(ExitStatus.OK);
    assertThat(out)
        .contains("segment-00000000000000ff.tmp: was being written; a start removes it")
        .contains("stream-blob-x-0000000000000009-1.tmp: was being written; a start removes it")
        .contains("notes.txt: foreign, and left alone by a start");
    assertThat(inspect("--verify")).isEqualTo(ExitStatus.OK);
    assertThat(inspect("log")).isEqualTo(ExitStatus.OK);
    assertThat(inspect("votes")).isEqualTo(ExitStatus.OK);
    assertThat(contents(sample.path())).isEqualTo(before);
  }

  @Test
  void readsADirectoryThatIsNotWritable() throws IOException {
    try (Stream<Path> files = Files.walk(sample.path())) {
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(
            file,
            PosixFilePermissions.fromString(Files.isDirectory(file) ? "r-xr-xr-x" : "r--r--r--"));
      }
    }
    assertThat(inspect("--verify")).as("%s", faults).isEqualTo(ExitStatus.OK);
    Files.setPosixFilePermissions(sample.path(), PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(
        sample.path().resolve("segments"), PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void printsOneJsonDocument() {
    assertThat(inspect("-o", "json")).isEqualTo(ExitStatus.OK);
    assertThat(out.lines()).hasSize(1);
    JsonObject report = json();
    assertThat(report.keySet())
        .containsExactly("directory", "owner", "promises", "log", "files", "notes", "faults");
    assertThat(report.getAsJsonObject("owner").get("node").getAsInt()).isEqualTo(1);
    assertThat(report.getAsJsonObject("promises").get("voter").getAsBoolean()).isTrue();
    assertThat(report.getAsJsonObject("log").get("appliedSlot").getAsLong())
        .isEqualTo(sample.applied());
    assertThat(report.getAsJsonObject("files").keySet())
        .containsExactly(
            "usedBytes", "freeBytes", "segments", "tail", "snapshots", "applicationSnapshots");
  }

  @Test
  void showsTheSlotsOfTheLog() {
    String from = String.valueOf(sample.applied());
    assertThat(inspect("log", "--from", from)).isEqualTo(ExitStatus.OK);
    List<String> lines = out.lines().toList();
    assertThat(lines).hasSize(1 + 4 * 3);
    assertThat(lines.get(0)).contains("SLOT", "BALLOT", "STATE", "COMMANDS", "BYTES");
    assertThat(lines.get(1)).containsPattern(" " + from + "  4.2 +applied +2 ");
    assertThat(lines.get(2)).contains("command", "node 2: order " + from + " xxxxxxxxxx");
    assertThat(lines.get(3)).contains("kv", "node 2: put key/" + from + " value");
    assertThat(lines.get(4)).contains("accepted");
    assertThat(lines.get(5)).contains(" -  ");
    assertThat(lines.get(10)).contains("  5.3 ", "chosen");
    assertThat(inspect("log", "--from", "2", "--to", "9", "--limit", "3", "-o", "json")).isZero();
    assertThat(out.lines().map(line -> JsonParser.parseString(line).getAsJsonObject()))
        .extracting(slot -> slot.get("slot").getAsLong())
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void showsPromisesAndVotes() {
    assertThat(inspect("votes")).isEqualTo(ExitStatus.OK);
    assertThat(out)
        .containsPattern("promise +- +4.2 ")
        .containsPattern("vote +1  4.2 +[0-9a-f]{8} +1 .* segment-")
        .containsPattern("vote +" + (sample.applied() + 2) + "  4.2 .* tail-")
        .containsPattern("learned +" + (sample.applied() + 3) + "  5.3 .* tail-");
    assertThat(inspect("votes", "--from", "3", "--to", "3", "--limit", "1", "-o", "json")).isZero();
    assertThat(json().get("slot").getAsLong()).isEqualTo(3);
    assertThat(json().get("record").getAsString()).isEqualTo("vote");
  }

  @Test
  void refusesADirectoryInUse() throws IOException {
    try (DataDirectory data = SampleDirectory.open(sample.path())) {
      assertThat(data.incarnation()).isNotZero();
      assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
      assertThat(faults).singleElement().asString().contains("in use by this process");
      Path copy = parent.resolve("copy");
      copy(sample.path(), copy);
      assertThat(inspect(copy)).as("%s", faults).isEqualTo(ExitStatus.OK);
    }
    assertThat(inspect()).isEqualTo(ExitStatus.OK);
  }

  @Test
  void refusesWhatIsNoDataDirectory() throws IOException {
    Path empty = Files.createDirectory(parent.resolve("empty"));
    Path file = Files.writeString(parent.resolve("file"), "text");
    for (Path wrong : List.of(empty, file, parent, parent.resolve("missing"))) {
      assertThat(inspect(wrong, "--verify")).isEqualTo(ExitStatus.ERROR);
      assertThat(out).isEmpty();
      assertThat(faults).singleElement().asString().startsWith("synod: " + wrong);
    }
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void refusesANewerFormat() throws IOException {
    Path superblock = sample.path().resolve(Superblock.NAME);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(superblock));
    for (int copy = 0; copy < bytes.capacity(); copy += 4096) {
      bytes.putInt(copy + 8, 4).putInt(copy + 96, TailRecord.crc(bytes, copy, 96));
    }
    Files.write(superblock, bytes.array());
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(faults)
        .containsExactly(
            "synod: " + superblock.toRealPath() + " has format 4; this version reads 2 and 3");
  }

  @Test
  void refusesOptionsThatContradictEachOther() {
    assertThat(inspect("log", "--from", "0")).isEqualTo(ExitStatus.USAGE);
    assertThat(inspect("log", "--from", "5", "--to", "4")).isEqualTo(ExitStatus.USAGE);
    assertThat(inspect("votes", "--limit", "0")).isEqualTo(ExitStatus.USAGE);
    assertThat(inspect("--verify", "log")).isEqualTo(ExitStatus.USAGE);
    assertThat(faults.get(0)).contains("--verify reads the whole directory: leave out log");
  }
}

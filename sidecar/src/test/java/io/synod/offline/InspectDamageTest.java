package io.synod.offline;

import static io.synod.offline.DirectoryFiles.contents;
import static io.synod.offline.DirectoryFiles.copy;
import static io.synod.offline.DirectoryFiles.find;
import static io.synod.offline.DirectoryFiles.flip;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.ExitStatus;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.StreamWriter;
import io.synod.state.StateWriter;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.tail.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests that {@code synod inspect} names what is damaged, and changes nothing of it. */
final class InspectDamageTest extends InspectScenario {
  @Test
  void decodesTheNewestSnapshot() throws IOException {
    assertThat(sample.state().keyCount()).isEqualTo(sample.applied() - 1);
    try (DataDirectory data = SampleDirectory.open(sample.path());
        StreamWriter writer = data.journal().stage(new SnapshotMark(sample.applied(), 3, 4, 5))) {
      StateWriter.chunks(sample.state()).forEachRemaining(writer::append);
      writer.seal();
    }
    assertThat(inspect()).as("%s", faults).isEqualTo(ExitStatus.OK);
    assertThat(inspect("--verify")).isEqualTo(ExitStatus.ERROR);
    assertThat(faults).singleElement().asString().contains("holds another state than it says");
  }

  @Test
  void namesEachDamagedPlace() throws IOException {
    flip(sealed("segment-"), find(sealed("segment-"), "order 2 ") + 20);
    flip(sealed("stream-blob-"), 30_000);
    Path tail = tailWith(sample.applied());
    int at = find(tail, "order " + sample.applied() + " ");
    flip(tail, at);
    Path real = sample.path().toRealPath();
    assertThat(inspect("--verify")).isEqualTo(ExitStatus.ERROR);
    assertThat(faults)
        .hasSize(3)
        .allMatch(line -> line.startsWith("synod: " + real))
        .noneMatch(line -> line.contains("Exception"))
        .anyMatch(line -> line.endsWith("segment-0000000000000001.mapdb: damaged: slot 2"))
        .anyMatch(line -> line.contains("stream-blob-") && line.contains("damaged: at offset"))
        .anyMatch(line -> line.contains(tail.getFileName() + ": damaged at offset"));
    assertThat(inspect("log")).isEqualTo(ExitStatus.ERROR);
    assertThat(out).contains("order 3 ", "order 4 ").doesNotContain("order 2 ");
  }

  @Test
  void saysWhatAStartSays() throws IOException {
    Path tail = tailWith(sample.applied());
    flip(tail, find(tail, "order " + sample.applied() + " "));
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(startSays()).isNotEmpty();
    assertThat(faults).containsExactly("synod: " + startSays());
    assertThat(out).contains("FAULT         " + startSays());
  }

  @Test
  void namesEveryDamagedFrameOfTheTail() throws IOException {
    for (long slot : List.of(sample.applied(), sample.applied() + 2)) {
      Path tail = tailWith(slot);
      flip(tail, find(tail, "order " + slot + " "));
    }
    assertThat(inspect("--verify")).isEqualTo(ExitStatus.ERROR);
    assertThat(faults).hasSize(2).allMatch(line -> line.contains("damaged at offset"));
    assertThat(inspect("votes")).isEqualTo(ExitStatus.ERROR);
    assertThat(out).containsPattern("learned +" + (sample.applied() + 3));
  }

  @Test
  void namesADamagedSnapshotAndSegment() throws IOException {
    flip(sealed("stream-snapshot-"), find(sealed("stream-snapshot-"), "key/1"));
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(out).contains("snapshot      slot " + sample.snapshotSlot() + ": DAMAGED");
    assertThat(faults).singleElement().asString().contains("stream-snapshot-", "damaged");
    Files.write(sealed("segment-"), new byte[4096]);
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(faults).anyMatch(line -> startSays().equals(line.substring("synod: ".length())));
  }

  @Test
  void namesAMisdirectedCopy() throws IOException {
    Path segment = sealed("segment-");
    Files.copy(
        sealed("stream-snapshot-"),
        segment.resolveSibling("stream-snapshot-00000000000000ff.mapdb"));
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(faults).singleElement().asString().endsWith("it belongs to another stream");
    Path fromTail = tailWith(sample.applied());
    Path toTail = tailWith(sample.applied() + 1);
    int from = find(fromTail, "order " + sample.applied() + " ") / 512 * 512;
    int to = find(toTail, "order " + (sample.applied() + 1) + " ") / 512 * 512;
    byte[] bytes = Files.readAllBytes(toTail);
    System.arraycopy(Files.readAllBytes(fromTail), from, bytes, to, 512);
    Files.write(toTail, bytes);
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(faults)
        .anyMatch(line -> line.endsWith("offset " + to + ": a frame that belongs elsewhere"));
  }

  @Test
  void namesADamagedCopyOfTheSuperblock() throws IOException {
    Path superblock = sample.path().resolve(Superblock.NAME);
    int older = olderCopy(superblock);
    flip(superblock, older + 20);
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(out).contains((older == 0 ? "first" : "second") + " copy DAMAGED");
    assertThat(faults)
        .singleElement()
        .asString()
        .contains("superblock: damaged at offset " + older + ": one of the two copies");
    flip(superblock, 4096 - older + 20);
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(out).isEmpty();
    assertThat(faults).singleElement().asString().contains("superblock: damaged in both copies");
  }

  private static int olderCopy(Path superblock) throws IOException {
    ByteBuffer copies = ByteBuffer.wrap(Files.readAllBytes(superblock));
    return copies.getLong(16) < copies.getLong(4096 + 16) ? 0 : 4096;
  }

  @Test
  void namesWhatAStartMissesBesideADamagedCopyOfTheSuperblock() throws IOException {
    Path superblock = sample.path().resolve(Superblock.NAME);
    flip(superblock, olderCopy(superblock) + 20);
    Files.delete(sealed("segment-"));
    Files.delete(sealed("stream-snapshot-"));
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(faults)
        .hasSize(2)
        .contains("synod: " + startSays())
        .anyMatch(line -> line.contains("one of the two copies"));
  }

  @Test
  void takesATornEndForNoDamage() throws IOException {
    Path copy = parent.resolve("torn");
    Path tail = tailWith(sample.applied() + 3);
    copy(sample.path(), copy);
    byte[] bytes = Files.readAllBytes(tail);
    int frame = find(tail, "order " + (sample.applied() + 3) + " ") / 512 * 512;
    // The first sector of the last write is not written, and its second one is.
    byte[] torn = Arrays.copyOf(Arrays.copyOf(bytes, frame), bytes.length);
    torn[frame + 700] = 1;
    Files.write(copy.resolve(tail.getFileName()), torn);
    assertThat(inspect(copy, "--verify")).as("%s", faults).isEqualTo(ExitStatus.OK);
    assertThat(out).contains("a write that was not completed");
    Map<String, String> before = contents(copy);
    assertThat(inspect(copy)).isEqualTo(ExitStatus.OK);
    assertThat(contents(copy)).isEqualTo(before);
  }

  @Test
  void namesMissingFiles() throws IOException {
    Path copy = parent.resolve("copy");
    copy(sample.path(), copy);
    Files.delete(copy.resolve(Superblock.NAME));
    assertThat(inspect(copy)).isEqualTo(ExitStatus.ERROR);
    assertThat(faults).singleElement().asString().contains("superblock is missing");
    Files.delete(newestTail());
    assertThat(inspect()).isEqualTo(ExitStatus.ERROR);
    assertThat(faults).anyMatch(line -> line.endsWith(" is missing"));
    assertThat(faults).anyMatch(line -> line.equals("synod: " + startSays()));
  }
}

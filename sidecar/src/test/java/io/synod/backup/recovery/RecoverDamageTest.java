package io.synod.backup.recovery;

import static io.synod.offline.DirectoryFiles.find;
import static io.synod.offline.DirectoryFiles.flip;
import static io.synod.offline.DirectoryFiles.newestTail;
import static io.synod.offline.DirectoryFiles.sealed;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.synod.cli.shared.ExitStatus;
import io.synod.storage.tail.SampleWrites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests {@code synod recover} on damaged disks. */
final class RecoverDamageTest extends RecoverScenario {
  private static List<String> damage(JsonObject report, int survivor) {
    return report
        .getAsJsonArray("survivors")
        .get(survivor)
        .getAsJsonObject()
        .getAsJsonArray("damage")
        .asList()
        .stream()
        .map(one -> one.getAsString())
        .toList();
  }

  @Test
  void needsOneCopyOfTheSuperblock() throws IOException {
    voters(3);
    sample.choose(100, 900, 3);
    sample.close();
    flip(sample.path(3).resolve("superblock"), 20);
    JsonObject report = recovered(3);
    assertThat(position(report, "slot")).isEqualTo(100);
    assertThat(damage(report, 0)).singleElement().asString().contains("one of the two copies");
    flip(sample.path(3).resolve("superblock"), 4096 + 20);
    refused("superblock: damaged in both copies", List.of(3));
  }

  @Test
  void refusesADamagedTail() throws IOException {
    voters(5);
    sample.choose(10, 50, 2, 5);
    sample.accept(2, 11, 4, "the first vote");
    sample.accept(2, 12, 4, "the second vote");
    sample.close();
    Path tail = newestTail(sample.path(2));
    flip(tail, find(tail, "the first vote"));
    refused("damaged at offset", List.of(5, 2));
    assertThat(err)
        .contains(sample.path(2) + " is damaged: ", "votes may be missing", "leave it out");
    assertThat(recover(List.of(5))).isEqualTo(ExitStatus.OK);
  }

  @Test
  void countsADamagedDiskAsLost() throws IOException {
    voters(3);
    sample.choose(100, 900, 1, 2);
    sample.close();
    Path segment = sealed(sample.path(1), "segment-");
    Files.write(segment, new byte[4096]);
    refused(sample.path(1) + " is damaged: " + segment, List.of(1));
    // The log below what the other disk has applied is not needed, and the votes are intact.
    JsonObject report = recovered(1, 2);
    assertThat(position(report, "slot")).isEqualTo(100);
    assertThat(damage(report, 0)).isNotEmpty();
    assertThat(damage(report, 1)).isEmpty();
  }

  @Test
  void takesTheVotesOfADiskAndNotItsStateThatIsWrong() throws IOException {
    voters(5);
    sample.choose(10, 50, 1, 2);
    sample.choose(5, 50, 1);
    sample.distrust(1);
    sample.close();
    refused("its state differs from that of a majority", List.of(1));
    JsonObject report = recovered(1, 2);
    assertThat(position(report, "chosenSlot")).isEqualTo(15);
    assertThat(position(report, "slot")).isEqualTo(15);
    assertThat(damage(report, 0)).singleElement().asString().contains("takes it anew");
    assertThat(damage(report, 1)).isEmpty();
  }

  @Test
  void needsNothingBelowTheSnapshot() throws IOException {
    voters(3);
    sample.choose(200, 900, 3);
    sample.takeSnapshot(3);
    sample.choose(5, 900, 3);
    sample.close();
    Path segment = sealed(sample.path(3), "segment-");
    flip(segment, find(segment, "key/2") + 20);
    assertThat(position(recovered(3), "slot")).isEqualTo(205);
  }

  @Test
  void refusesADamagedLogThatMustBeReplayed() throws IOException {
    voters(3);
    sample.choose(200, 900, 3);
    sample.close();
    Path segment = sealed(sample.path(3), "segment-");
    flip(segment, find(segment, "key/2") + 20);
    refused(sample.path(3) + " is damaged: " + segment, List.of(3));
  }

  @Test
  void takesADamagedSnapshotOfAConsumerFromAnotherDisk() throws IOException {
    voters(5);
    sample.choose(10, 50, 2, 5);
    byte[] ledger = SampleWrites.content(1, 60_000);
    sample.storeSnapshot("ledger", ledger, List.of(2, 5), 2, 5);
    sample.close();
    flip(sealed(sample.path(2), "stream-blob-"), 30_000);
    JsonObject report = recovered(2, 5);
    assertThat(report.getAsJsonArray("lostSnapshots")).isEmpty();
    assertThat(damage(report, 0)).singleElement().asString().contains("stream-blob-");
    assertThat(read(written(2, 5)).apps()).hasSize(1);
    assertThat(recovered(2).getAsJsonArray("lostSnapshots")).hasSize(1);
  }
}

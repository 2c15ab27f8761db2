package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.Damage;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.tail.Frame;
import io.synod.storage.tail.SampleWrites;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.TailFile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that the journal reports data that was changed on the disk, or loses nothing by the change.
 */
class DamageTest {
  private static final StorageSettings SETTINGS = new StorageSettings(16 * 1024);

  private final MemoryDisk disk = new MemoryDisk();
  private Recovered whole = Recovered.empty();
  private int named;

  private static DurableJournal open(Disk disk) {
    return DurableJournal.open(
        disk,
        new MemorySegmentStore(),
        SampleWrites.IDENTITY,
        SETTINGS,
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  private static void write(DurableJournal journal, Write... writes) {
    journal.append(List.of(writes));
    journal.sync();
  }

  @BeforeEach
  void fillThreeFiles() {
    DurableJournal journal = open(disk);
    write(journal, new Write.Promised(ballot(3)), new Write.Agreed(SampleWrites.FORMATION));
    write(journal, new Write.Formed());
    // Slot 1 is never applied, so that nothing is sealed.
    for (int slot = 2; slot <= 40; slot++) {
      write(journal, accepted(slot, 3, 500), accepted(slot, 4, 300));
    }
    whole = reopened(disk);
    assertThat(disk.files()).hasSizeGreaterThan(3);
  }

  private static byte[] bytesOf(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name));
  }

  private static Recovered reopened(MemoryDisk disk) {
    return open(MemoryDisk.of(disk.files())).recovered();
  }

  private void namesOrKeeps(Map<String, byte[]> files, String name) {
    MemoryDisk changed = MemoryDisk.of(files);
    try {
      assertThat(open(changed).recovered()).isEqualTo(whole);
    } catch (JournalException e) {
      named++;
      assertThat(e.getMessage()).contains("memory/").containsPattern("offset \\d+|is missing");
      assertThat(e.getMessage()).doesNotContain("Exception");
    }
    assertThat(files).containsKey(name);
  }

  @Test
  void neverLosesAnythingSilentlyToAFlippedBit() {
    Random random = new Random(4);
    int tried = 0;
    for (String name : disk.files().keySet()) {
      for (int at = 0; at < bytesOf(disk.files(), name).length; at += 1 + random.nextInt(12)) {
        byte[] bytes = bytesOf(disk.files(), name);
        byte flip = (byte) (1 << random.nextInt(8));
        bytes[at] ^= flip;
        namesOrKeeps(disk.files(), name);
        bytes[at] ^= flip;
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(5000);
    assertThat(named).isGreaterThan(tried / 3);
  }

  @Test
  void neverTakesAFlippedBitForATornEndBecauseThePayloadIsZeroes() {
    MemoryDisk zeroes = new MemoryDisk();
    DurableJournal journal = open(zeroes);
    Command blank = Command.of(new byte[2_000]);
    Proposal proposal = new Proposal(1, ballot(3), Batch.of(1, List.of(blank)));
    write(journal, new Write.Accepted(proposal));
    whole = reopened(zeroes);
    for (Map.Entry<String, byte[]> file : zeroes.files().entrySet()) {
      if (file.getKey().startsWith("tail")) {
        for (int at = 0; at < 2_400; at += 3) {
          file.getValue()[at] ^= 4;
          namesOrKeeps(zeroes.files(), file.getKey());
          file.getValue()[at] ^= 4;
        }
      }
    }
    assertThat(named).isGreaterThan(600);
  }

  @Test
  void neverLosesAnythingSilentlyToALostSectorOnceItIsClosed() {
    DurableJournal journal = open(disk);
    journal.close();
    for (String name : disk.files().keySet()) {
      byte[] bytes = bytesOf(disk.files(), name);
      for (int at = 0; at < bytes.length; at += Frame.SECTOR_BYTES) {
        byte[] kept = bytes.clone();
        Arrays.fill(bytes, at, at + Frame.SECTOR_BYTES, (byte) 0);
        namesOrKeeps(disk.files(), name);
        System.arraycopy(kept, 0, bytes, 0, bytes.length);
      }
    }
    assertThat(named).isGreaterThan(40);
  }

  @Test
  void neverLosesAnythingSilentlyToAMisplacedWrite() {
    Random random = new Random(6);
    List<String> names = List.copyOf(disk.files().keySet());
    for (int round = 0; round < 400; round++) {
      Map<String, byte[]> files = new TreeMap<>();
      disk.files().forEach((name, bytes) -> files.put(name, bytes.clone()));
      byte[] from = bytesOf(files, names.get(random.nextInt(names.size())));
      String name = names.get(random.nextInt(names.size()));
      byte[] to = bytesOf(files, name);
      int sectors = 1 + random.nextInt(4);
      int fromAt = random.nextInt(from.length / Frame.SECTOR_BYTES - sectors);
      int toAt = random.nextInt(to.length / Frame.SECTOR_BYTES - sectors);
      byte[] moved =
          Arrays.copyOfRange(
              from, fromAt * Frame.SECTOR_BYTES, (fromAt + sectors) * Frame.SECTOR_BYTES);
      for (byte b : moved) {
        if (b != 0) {
          System.arraycopy(moved, 0, to, toAt * Frame.SECTOR_BYTES, moved.length);
          namesOrKeeps(files, name);
          break;
        }
      }
    }
    assertThat(named).isGreaterThan(100);
  }

  @Test
  void namesAFileThatWasCut() {
    List<String> tail = disk.files().keySet().stream().filter(n -> n.startsWith("tail")).toList();
    for (String name : tail.subList(0, tail.size() - 1)) {
      for (int length : new int[] {0, 1, 511, 512, 4000, 8192, 16 * 1024 - 1}) {
        Map<String, byte[]> files = disk.files();
        files.put(name, Arrays.copyOf(files.get(name), length));
        assertThatThrownBy(() -> open(MemoryDisk.of(files)))
            .isInstanceOf(JournalException.class)
            .hasMessageContaining("tail-");
      }
    }
  }

  @Test
  void namesASuperblockOfWhichBothCopiesAreDamaged() {
    byte[] bytes = bytesOf(disk.files(), Superblock.NAME);
    bytes[20] ^= 1;
    assertThat(reopened(disk)).isEqualTo(whole);
    bytes[4096 + 20] ^= 1;
    assertThatThrownBy(() -> open(disk))
        .isInstanceOf(JournalException.class)
        .hasMessage(
            "memory/superblock: damaged in both copies, at offset 0 and at offset 4096; "
                + Damage.REMEDY);
  }

  @Test
  void repairsTheDamagedCopyOfASuperblock() {
    bytesOf(disk.files(), Superblock.NAME)[20] ^= 1;
    open(disk).close();
    bytesOf(disk.files(), Superblock.NAME)[4096 + 20] ^= 1;
    assertThat(reopened(disk)).isEqualTo(whole);
  }

  @Test
  void namesTheRecordThatRottedWhileItWasOpen() {
    MemoryDisk other = new MemoryDisk();
    DurableJournal journal = open(other);
    write(journal, accepted(1, 5, 300), accepted(2, 5, 300), applied(2));
    bytesOf(other.files(), TailFile.name(1))[700] ^= 1;
    assertThat(journal.read(1, 1, 1)).hasSize(1);
    assertThatThrownBy(() -> journal.read(1, 2, 1 << 30))
        .isInstanceOf(JournalException.class)
        .hasMessageMatching("memory/tail-0000000000000001: damaged at offset \\d+: .*");
    assertThatThrownBy(() -> write(journal, new Write.Promised(ballot(9))))
        .isInstanceOf(JournalException.class);
  }
}

package io.synod.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.storage.disk.Disk.BlockFile;
import io.synod.storage.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultyDiskTest {
  private static final int SECTOR = FaultyDisk.SECTOR_BYTES;

  private final FaultyDisk disk = new FaultyDisk("disk", new Rng(7), DiskFaults.NONE);

  @Test
  void keepsWhatWasSynced() throws IOException {
    BlockFile file = disk.create("a", 4 * SECTOR);
    write(file, 100, 3 * SECTOR, 1);
    file.sync();
    assertThat(disk.crash(true)).isZero();
    assertThat(at(disk.open("a"), 100)).isEqualTo(1);
    assertThat(at(disk.open("a"), 3 * SECTOR)).isEqualTo(1);
  }

  @Test
  void keepsForTheNextProcessWhatWasNotSynced() throws IOException {
    BlockFile file = disk.create("a", 4 * SECTOR);
    write(file, 0, SECTOR, 1);
    disk.processEnds();
    BlockFile next = disk.open("a");
    assertThat(at(next, 0)).isEqualTo(1);
    assertThat(disk.crash(false)).isEqualTo(1);
    assertThat(at(disk.open("a"), 0)).isZero();
  }

  @Test
  void showsWhatAFailedSyncLostUntilItIsForgotten() throws IOException {
    int seen = 0;
    for (int seed = 0; seed < 40; seed++) {
      FaultyDisk failing = new FaultyDisk("disk", new Rng(seed), DiskFaults.NONE);
      BlockFile file = failing.create("a", SECTOR);
      write(file, 0, SECTOR, 1);
      failing.faults(new DiskFaults(0, 1_000_000, 0, Long.MAX_VALUE));
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
      failing.faults(DiskFaults.NONE);
      assertThat(at(file, 0)).isEqualTo(1);
      failing.processEnds();
      BlockFile next = failing.open("a");
      seen += at(next, 0);
      next.sync();
      int visible = at(next, 0);
      ByteBuffer device = ByteBuffer.allocate(1);
      next.readUncached(0, device);
      failing.crash(false);
      assertThat(at(failing.open("a"), 0)).as("seed %s", seed).isEqualTo(device.get(0));
      assertThat(at(failing.open("a"), 0)).isLessThanOrEqualTo(visible);
    }
    assertThat(seen).isBetween(10, 39);
  }

  @Test
  void writesWhatAFailedSyncLostIfItIsWrittenAgain() throws IOException {
    BlockFile file = disk.create("a", SECTOR);
    write(file, 0, SECTOR, 1);
    disk.faults(new DiskFaults(0, 1_000_000, 0, Long.MAX_VALUE));
    assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    disk.faults(DiskFaults.NONE);
    disk.processEnds();
    BlockFile next = disk.open("a");
    write(next, 0, SECTOR, 1);
    next.sync();
    disk.crash(false);
    assertThat(at(disk.open("a"), 0)).isEqualTo(1);
  }

  @Test
  void losesWhatWasNotSyncedWithoutTearing() throws IOException {
    BlockFile file = disk.create("a", 4 * SECTOR);
    write(file, 0, SECTOR, 1);
    file.sync();
    write(file, 0, 2 * SECTOR, 2);
    assertThat(disk.crash(false)).isEqualTo(2);
    assertThat(at(disk.open("a"), 0)).isEqualTo(1);
    assertThat(at(disk.open("a"), SECTOR)).isZero();
  }

  @Test
  void tearsBySectorWhenTearing() throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      FaultyDisk torn = new FaultyDisk("disk", new Rng(seed), DiskFaults.NONE);
      BlockFile file = torn.create("a", 2 * SECTOR);
      write(file, 0, 2 * SECTOR, 1);
      torn.crash(true);
      outcomes.add(at(torn.open("a"), 0) + " " + at(torn.open("a"), SECTOR));
    }
    assertThat(outcomes).containsExactlyInAnyOrder("0 0", "0 1", "1 0", "1 1");
  }

  @Test
  void refusesAProcessThatEnded() throws IOException {
    BlockFile file = disk.create("a", SECTOR);
    disk.crash(true);
    assertThatThrownBy(() -> write(file, 0, 1, 1)).isInstanceOf(IOException.class);
  }

  @Test
  void noticesWhoAsksAgainAfterAFailedSync() throws IOException {
    BlockFile file = disk.create("a", SECTOR);
    disk.faults(new DiskFaults(0, 1_000_000, 0, Long.MAX_VALUE));
    assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    assertThat(disk.hasFailed()).isTrue();
    assertThat(disk.wasAskedAgain()).isFalse();
    disk.faults(DiskFaults.NONE);
    assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    assertThat(disk.wasAskedAgain()).isTrue();
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    disk.create("a", 2 * SECTOR);
    disk.faults(new DiskFaults(0, 0, 0, 3 * SECTOR));
    assertThatThrownBy(() -> disk.create("b", 2 * SECTOR)).isInstanceOf(NoSpaceException.class);
    assertThat(disk.list()).containsExactly("a");
  }

  @Test
  void showsWhatAPowerFailureWouldLeaveWithoutTouchingItself() throws IOException {
    BlockFile file = disk.create("a", SECTOR);
    write(file, 0, 1, 1);
    file.sync();
    write(file, 0, 1, 2);
    assertThat(at(disk.ifPowerFailed().open("a"), 0)).isEqualTo(1);
    assertThat(at(file, 0)).isEqualTo(2);
  }

  @Test
  void flipsOneBitOfWhatIsThere() throws IOException {
    BlockFile file = disk.create("a", SECTOR);
    assertThat(disk.rot()).as("nothing was written").isNull();
    write(file, 0, SECTOR, 0);
    file.sync();
    assertThat(disk.rot()).isEqualTo("a");
    int bits = 0;
    for (int i = 0; i < SECTOR; i++) {
      bits += Integer.bitCount(at(file, i) & 0xff);
    }
    assertThat(bits).isEqualTo(1);
  }

  private static void write(BlockFile file, long offset, int bytes, int value) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(bytes);
    while (content.hasRemaining()) {
      content.put((byte) value);
    }
    file.write(offset, content.flip());
  }

  private static int at(BlockFile file, long offset) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(1);
    file.read(offset, content);
    return content.get(0);
  }
}

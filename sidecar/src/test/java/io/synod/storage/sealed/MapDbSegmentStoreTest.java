package io.synod.storage.sealed;

import static io.synod.storage.tail.SampleWrites.ballot;
import static io.synod.storage.tail.SampleWrites.proposal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Vote;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.Damage;
import io.synod.storage.disk.NoSpaceException;
import io.synod.storage.tail.SampleWrites;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mapdb.DBException;

/** Tests the archive in MapDB. */
class MapDbSegmentStoreTest {
  private static final long CLUSTER = 7;

  @TempDir Path directory = Path.of("replaced");

  private static SegmentStore.Sealed sealed(Proposal proposal, long firstIndex) {
    Ballot lost = ballot(1);
    List<Vote> votes =
        List.of(
            new Vote(lost, false, 11, 12, 1, 13), new Vote(proposal.ballot(), true, 21, 22, 2, 23));
    Bytes effects =
        proposal.batch().count() > 2 ? SampleWrites.effect(proposal.slot()).bytes() : Bytes.EMPTY;
    return new SegmentStore.Sealed(new ChosenSlot(proposal, firstIndex, effects), votes);
  }

  /** Slots of many sizes, some of them no-ops. */
  private static List<SegmentStore.Sealed> slots(long from, int count, long firstIndex, long seed) {
    Random random = new Random(seed);
    List<SegmentStore.Sealed> slots = new ArrayList<>();
    long index = firstIndex;
    for (int i = 0; i < count; i++) {
      int commands = random.nextInt(4);
      Proposal proposal = proposal(from + i, 3, commands, random.nextInt(3000));
      slots.add(sealed(proposal, index));
      index += commands;
    }
    return slots;
  }

  @Test
  void readsBackWhatItSealed() throws IOException {
    List<SegmentStore.Sealed> first = slots(1, 500, 1, 1);
    List<SegmentStore.Sealed> second = new ArrayList<>();
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(first);
      second.addAll(slots(501, 100, segments.commands() + 1, 2));
      segments.seal(second);
    }
    List<SegmentStore.Sealed> all = new ArrayList<>(first);
    all.addAll(second);
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      assertThat(segments.through()).isEqualTo(600);
      assertThat(segments.read(1, 1000, 1 << 30))
          .isEqualTo(all.stream().map(SegmentStore.Sealed::slot).toList());
      for (SegmentStore.Sealed sealed : all) {
        ChosenSlot slot = sealed.slot();
        assertThat(segments.votes(slot.proposal().slot())).isEqualTo(sealed.votes());
        for (int i = 0; i < slot.proposal().batch().count(); i++) {
          assertThat(segments.slotOfIndex(slot.firstIndex() + i)).isEqualTo(slot.proposal().slot());
        }
      }
      assertThat(segments.slotOfIndex(segments.commands() + 1)).isZero();
      assertThat(segments.votes(601)).isEmpty();
      assertThat(segments.bytes()).isPositive();
    }
  }

  @Test
  void sealsABatchLargerThanAPage() throws IOException {
    List<SegmentStore.Sealed> slots = new ArrayList<>();
    slots.add(sealed(new Proposal(1, ballot(2), Batch.noOp(1)), 1));
    slots.add(sealed(proposal(2, 2, 3, 900_000), 1));
    slots.add(sealed(proposal(3, 2, 1, 49_000), 4));
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(slots);
      assertThat(segments.read(1, 3, 1 << 30))
          .isEqualTo(slots.stream().map(SegmentStore.Sealed::slot).toList());
    }
  }

  @Test
  void leavesNothingOfWhatFoundNoRoom() throws IOException {
    List<SegmentStore.Sealed> slots = slots(1, 60, 1, 5);
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      assertThatThrownBy(() -> segments.seal(new OnAFullDisk(slots)))
          .isInstanceOf(NoSpaceException.class)
          .hasMessageContaining(directory + "/segment-0000000000000001")
          .hasMessageContaining("No space left on device");
      assertThat(directory).isEmptyDirectory();
      segments.seal(slots);
      assertThat(segments.through()).isEqualTo(60);
    }
  }

  /** A list of slots during whose iteration the disk becomes full. */
  private static final class OnAFullDisk extends AbstractList<SegmentStore.Sealed> {
    private final List<SegmentStore.Sealed> slots;

    private OnAFullDisk(List<SegmentStore.Sealed> slots) {
      this.slots = slots;
    }

    @Override
    public SegmentStore.Sealed get(int i) {
      if (i == slots.size() / 2) {
        throw new DBException.VolumeIOError(new IOException("No space left on device"));
      }
      return slots.get(i);
    }

    @Override
    public int size() {
      return slots.size();
    }
  }

  @Test
  void removesWhatWasHalfSealed() throws IOException {
    Path half = directory.resolve("segment-0000000000000001.tmp");
    Files.writeString(half, "half");
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      assertThat(segments.through()).isZero();
    }
    assertThat(half).doesNotExist();
  }

  @Test
  void neverServesAFlippedByte() throws IOException {
    List<SegmentStore.Sealed> slots = slots(1, 60, 1, 5);
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(slots);
    }
    Path file = directory.resolve("segment-0000000000000001.mapdb");
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(9);
    int named = 0;
    for (int round = 0; round < 1500; round++) {
      byte[] flipped = whole.clone();
      int at = round < 600 ? round : random.nextInt(whole.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
        for (SegmentStore.Sealed sealed : slots) {
          long slot = sealed.slot().proposal().slot();
          assertThat(segments.read(slot, slot, 1)).containsExactly(sealed.slot());
          assertThat(segments.votes(slot)).isEqualTo(sealed.votes());
        }
      } catch (JournalException e) {
        named++;
        assertThat(e).hasMessageContaining(file + ": damaged").hasMessageEndingWith(Damage.REMEDY);
      }
    }
    assertThat(named).isGreaterThan(100);
  }

  @Test
  void namesAFileThatWasCut() throws IOException {
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(slots(1, 60, 1, 5));
    }
    Path file = directory.resolve("segment-0000000000000001.mapdb");
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 10, 100, 4096, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> MapDbSegmentStore.open(directory, CLUSTER))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void mapsNoMoreThanItMay() throws IOException {
    int count = 12;
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      for (int i = 0; i < count; i++) {
        segments.seal(slots(1 + 10 * i, 10, segments.commands() + 1, i));
      }
    }
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER, 3)) {
      Random random = new Random(4);
      for (int i = 0; i < 500; i++) {
        long slot = 1L + random.nextInt(10 * count);
        assertThat(segments.read(slot, slot, 1)).hasSize(1);
        assertThat(segments.slotOfIndex(1)).isPositive();
        assertThat(mapped()).isLessThanOrEqualTo(3);
      }
      assertThat(mapped()).isEqualTo(3);
    }
    assertThat(mapped()).isZero();
  }

  /** How many files of the directory this process has mapped. */
  private long mapped() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains(directory.toString())).count();
    }
  }

  @Test
  void namesAMissingSegment() throws IOException {
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(slots(1, 10, 1, 5));
      segments.seal(slots(11, 10, segments.commands() + 1, 6));
      segments.seal(slots(21, 10, segments.commands() + 1, 7));
    }
    Files.delete(directory.resolve("segment-000000000000000b.mapdb"));
    assertThatThrownBy(() -> MapDbSegmentStore.open(directory, CLUSTER))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("slot 11 is expected");
  }

  @Test
  void refusesTheSegmentOfAnotherCluster() throws IOException {
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(slots(1, 10, 1, 5));
    }
    assertThatThrownBy(() -> MapDbSegmentStore.open(directory, CLUSTER + 1))
        .isInstanceOf(JournalException.class);
  }

  @Test
  void namesNoClassInItsFiles() throws IOException {
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(List.of(sealed(new Proposal(1, ballot(2), Batch.noOp(1)), 1)));
    }
    byte[] bytes = Files.readAllBytes(directory.resolve("segment-0000000000000001.mapdb"));
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("java", "synod");
  }

  @Test
  void servesAReaderThatIsInterrupted() throws IOException {
    List<SegmentStore.Sealed> slots = slots(1, 20, 1, 5);
    try (MapDbSegmentStore segments = MapDbSegmentStore.open(directory, CLUSTER)) {
      segments.seal(slots);
      Thread.currentThread().interrupt();
      assertThat(segments.read(5, 5, 1)).containsExactly(slots.get(4).slot());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(segments.read(6, 6, 1)).containsExactly(slots.get(5).slot());
    }
  }
}

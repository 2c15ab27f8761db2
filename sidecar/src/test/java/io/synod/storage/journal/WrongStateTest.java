package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static io.synod.storage.tail.SampleWrites.mark;
import static io.synod.storage.tail.SampleWrites.proposal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.sealed.MapDbSegmentStore;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.SampleWrites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what a journal does for a node whose state is wrong and is replaced. */
class WrongStateTest {
  @TempDir Path directory = Path.of("replaced");
  @TempDir Path other = Path.of("replaced");
  private final List<Runnable> tasks = new ArrayList<>();
  private boolean holdsTasks;
  private SegmentStore archive;
  private DurableJournal journal;

  @BeforeEach
  void open() throws IOException {
    Path segments = Files.createDirectories(directory.resolve("segments"));
    archive = MapDbSegmentStore.open(segments, SampleWrites.IDENTITY.cluster());
    journal =
        DurableJournal.open(
            new FileDisk(directory),
            archive,
            SampleWrites.IDENTITY,
            new StorageSettings(64 * 1024),
            new JournalRunner(SampleWrites.clock(), this::execute));
  }

  private void execute(Runnable task) {
    if (holdsTasks) {
      tasks.add(task);
    } else {
      task.run();
    }
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private Recovered reopened() throws IOException {
    journal.close();
    open();
    return journal.recovered();
  }

  /** What the disk holds if the process ends now. */
  private Path copy() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Path to = other.resolve(directory.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
    return other;
  }

  private void write(Write... writes) {
    journal.append(List.of(writes));
    journal.sync();
  }

  private void fill(long from, long through) {
    for (long slot = from; slot <= through; slot++) {
      write(accepted(slot, 2, 900), applied(slot));
    }
  }

  private void holdsSnapshotOf(int bytes) {
    try (StoredSnapshot snapshot = Objects.requireNonNull(journal.snapshot())) {
      assertThat(snapshot.mark()).isEqualTo(mark(400, 400));
      assertThat(snapshot.stream().bytes()).isEqualTo(bytes);
    }
  }

  @Test
  void dropsTheLastAppliedSlotForASnapshotOfThatSlot() throws IOException {
    fill(1, 400);
    write(accepted(401, 2, 10), accepted(402, 2, 10));
    SampleWrites.snapshot(journal, mark(400, 400), 100);
    SampleWrites.snapshot(journal, mark(400, 400), 200);
    assertThat(journal.install(mark(400, 400))).isTrue();
    for (int round = 0; round < 2; round++) {
      holdsSnapshotOf(200);
      assertThat(journal.oldestSlot()).isEqualTo(401);
      assertThat(journal.read(1, 400, 1 << 30)).isEmpty();
      assertThat(reopened().accepted()).extracting(Proposal::slot).containsExactly(401L, 402L);
    }
    fill(403, 403);
    assertThat(journal.read(401, 403, 1 << 30)).hasSize(3);
    assertThat(reopened().chosenThrough()).isEqualTo(403);
  }

  private long segments() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("segments"))) {
      return all.filter(file -> file.getFileName().toString().startsWith("segment-")).count();
    }
  }

  /** Fills the log until a segment ends at the last applied slot, which it returns. */
  private long archived() {
    long slot = 0;
    while (slot == 0 || archive.through() < slot) {
      slot++;
      write(accepted(slot, 2, 900));
      if (slot == 1 || archive.through() < slot - 1) {
        write(applied(slot));
      } else {
        slot--;
      }
      assertThat(slot).as("a slot at the end of a file").isLessThan(1_000);
    }
    return slot;
  }

  @Test
  void dropsAnArchiveThatEndsAtTheSnapshot() throws IOException {
    long slot = archived();
    SampleWrites.snapshot(journal, mark(slot, slot), 100);
    assertThat(journal.install(mark(slot, slot))).isTrue();
    for (int round = 0; round < 2; round++) {
      assertThat(segments()).isZero();
      assertThat(journal.oldestSlot()).isEqualTo(slot + 1);
      assertThat(journal.read(1, slot, 1 << 30)).isEmpty();
      reopened();
    }
  }

  /** The loop's thread installs the snapshot, and files may take long to remove. */
  @Test
  void staysDistrustedUntilTheSealerHasRemovedTheArchive() throws IOException {
    long slot = archived();
    journal.distrust(true);
    SampleWrites.snapshot(journal, mark(slot, slot), 100);
    holdsTasks = true;
    assertThat(journal.install(mark(slot, slot))).isTrue();
    assertThat(segments()).isPositive();
    assertThat(journal.oldestSlot()).isEqualTo(slot + 1);
    assertThat(journal.distrust(false)).isFalse();
    Path left = copy();
    holdsTasks = false;
    tasks.forEach(Runnable::run);
    assertThat(segments()).isZero();
    assertThat(journal.distrust(false)).isTrue();
    assertThat(journal.isDistrusted()).isFalse();
    journal.close();
    directory = left;
    open();
    assertThat(journal.isDistrusted()).isTrue();
    SampleWrites.snapshot(journal, mark(slot, slot), 100);
    assertThat(journal.install(mark(slot, slot))).isTrue();
    assertThat(segments()).isZero();
  }

  /** The new state is stored, and the process ends before it is installed. */
  @Test
  void staysDistrustedUntilTheLogContinuesAfterTheNewState() throws IOException {
    fill(1, 400);
    journal.distrust(true);
    SampleWrites.snapshot(journal, mark(400, 400), 200);
    reopened();
    assertThat(journal.isDistrusted()).isTrue();
    assertThat(journal.oldestSlot()).isEqualTo(1);
    assertThat(journal.install(mark(400, 400))).isTrue();
    assertThat(reopened().chosenThrough()).isEqualTo(400);
    assertThat(journal.isDistrusted()).isTrue();
    assertThat(journal.oldestSlot()).isEqualTo(401);
  }

  @Test
  void servesTheMarkOfANewSnapshotOfTheSameSlot() {
    fill(1, 400);
    SampleWrites.snapshot(journal, new SnapshotMark(400, 400, 7, 8), 100);
    SampleWrites.snapshot(journal, mark(400, 400), 200);
    holdsSnapshotOf(200);
  }

  @Test
  void readsChosenSlotsThatAreNotApplied() {
    fill(1, 3);
    write(accepted(4, 2, 10), new Write.Learned(proposal(5, 2, 1, 10)), accepted(6, 2, 10));
    write(accepted(4, 3, 20));
    assertThat(journal.unapplied(4, 6, 1 << 30))
        .extracting(Proposal::slot, Proposal::ballot)
        .containsExactly(tuple(4L, ballot(3)), tuple(5L, ballot(2)), tuple(6L, ballot(2)));
    assertThat(journal.unapplied(4, 6, 1)).hasSize(1);
    assertThatThrownBy(() -> journal.unapplied(6, 7, 1 << 30))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void knowsWhetherItsStateIsWrong() throws IOException {
    assertThat(journal.isDistrusted()).isFalse();
    journal.distrust(true);
    journal.distrust(true);
    for (int round = 0; round < 2; round++) {
      assertThat(journal.isDistrusted()).isTrue();
      assertThat(journal.appSnapshots().list()).isEmpty();
      assertThat(journal.snapshot()).isNull();
      reopened();
    }
    journal.distrust(false);
    for (int round = 0; round < 2; round++) {
      assertThat(journal.isDistrusted()).isFalse();
      reopened();
    }
  }
}

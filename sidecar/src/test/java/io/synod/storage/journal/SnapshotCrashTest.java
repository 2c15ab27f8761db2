package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.ballot;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.disk.RecordingDisk;
import io.synod.storage.disk.RecordingDisk.DiskStep;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.SampleWrites;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests recovery after a power failure at every point while snapshots are taken, the log is trimmed
 * and a peer's snapshot is installed: the state is complete, from a snapshot or from the log.
 */
class SnapshotCrashTest {
  private static final StorageSettings SETTINGS = new StorageSettings(8 * 1024);
  private static final int SNAPSHOT_BYTES = 500;

  private final List<DiskStep> steps = new ArrayList<>();
  // For each number of steps, what had been synced by then.
  private final TreeMap<Integer, SyncedState> marks = new TreeMap<>();
  private final MemorySegmentStore archive =
      new MemorySegmentStore(now -> steps.add(new DiskStep.Kept(now.copy())));
  private final TreeMap<Long, Long> rounds = new TreeMap<>();
  private SyncedState now = new SyncedState(0, 0, 0, Map.of());
  private long round = 1;
  private int installed;
  private int images;

  /**
   * The synced contents: the promise's round, the applied slot, the newest snapshot's slot, and
   * votes by slot.
   */
  private record SyncedState(long promised, long applied, long snapshot, Map<Long, Long> votes) {}

  private static DurableJournal open(Disk disk, SegmentStore segmentStore) {
    return DurableJournal.open(
        disk,
        segmentStore,
        SampleWrites.IDENTITY,
        SETTINGS,
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  private static Proposal proposal(long slot, long round) {
    return SampleWrites.proposal(slot, round, 1, (int) (slot * 37 % 400));
  }

  private void note() {
    marks.put(steps.size(), now);
  }

  private void synced(DurableJournal journal, long applied, long snapshot) {
    note();
    journal.sync();
    now = new SyncedState(round, applied, snapshot, new TreeMap<>(rounds));
    note();
  }

  /**
   * Records a workload that takes snapshots of applied slots, installs snapshots far ahead, and
   * trims.
   */
  private void record(long seed) {
    Random random = new Random(seed);
    DurableJournal journal = open(new RecordingDisk(new MemoryDisk(), steps), archive);
    journal.append(List.of(new Write.Promised(ballot(round))));
    long applied = 0;
    long snapshot = 0;
    for (int turn = 0; turn < 160; turn++) {
      List<Write> writes = new ArrayList<>();
      if (random.nextInt(12) == 0) {
        round++;
        writes.add(new Write.Promised(ballot(round)));
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        applied++;
        vote(writes, applied);
      }
      if (random.nextInt(6) == 0) {
        vote(writes, applied + 10 + random.nextInt(40));
      }
      writes.add(new Write.Applied(applied, List.of()));
      journal.append(writes);
      int dice = random.nextInt(20);
      if (dice < 15) {
        synced(journal, applied, snapshot);
      }
      if (dice == 0) {
        SampleWrites.snapshot(journal, SampleWrites.mark(applied, applied), SNAPSHOT_BYTES);
        snapshot = applied;
        journal.trim(SnapshotContract.NOTHING);
      } else if (dice == 1) {
        applied += 1 + random.nextInt(60);
        SampleWrites.snapshot(journal, SampleWrites.mark(applied, applied), SNAPSHOT_BYTES);
        assertThat(journal.install(SampleWrites.mark(applied, applied))).isTrue();
        snapshot = applied;
        installed++;
        synced(journal, applied, snapshot);
      }
    }
    journal.close();
    note();
  }

  private void vote(List<Write> writes, long slot) {
    rounds.merge(slot, round, Math::max);
    writes.add(new Write.Accepted(proposal(slot, round)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void opensWholeWhereverTheProcessEnds(long seed) {
    record(seed);
    Random random = new Random(seed);
    CrashImages crash = new CrashImages(Map.of());
    MemorySegmentStore kept = new MemorySegmentStore();
    for (int step = 0; step <= steps.size(); step++) {
      check(crash.nothing(), kept, step);
      if (crash.anyUnsynced()) {
        check(crash.everything(), kept, step);
        check(crash.torn(random), kept, step);
        check(crash.torn(random), kept, step);
      }
      if (step < steps.size()) {
        crash.step(steps.get(step));
        kept = steps.get(step) instanceof DiskStep.Kept changed ? changed.archive() : kept;
      }
    }
    assertThat(installed).isGreaterThan(3);
    assertThat(images).isGreaterThan(1_000);
  }

  private void check(MemoryDisk image, MemorySegmentStore kept, int step) {
    images++;
    SyncedState least = knownAt(step);
    MemorySegmentStore archived = kept.copy();
    List<DiskStep> opening = new ArrayList<>();
    MemoryDisk before = MemoryDisk.of(image.files());
    DurableJournal journal = open(new RecordingDisk(image, opening), archived);
    long chosen = checker(journal, least, step);
    journal.append(
        List.of(
            new Write.Promised(ballot(round + 5)),
            new Write.Accepted(proposal(chosen + 1, round + 5)),
            new Write.Applied(chosen + 1, List.of())));
    journal.sync();
    Recovered again = open(image, archived).recovered();
    assertThat(again.chosenThrough()).as("after step %s", step).isEqualTo(chosen + 1);
    if (images % 11 == 0) {
      crashAgain(before, opening, kept, step);
    }
  }

  private SyncedState knownAt(int step) {
    Map.Entry<Integer, SyncedState> before = marks.floorEntry(step);
    return before == null ? new SyncedState(0, 0, 0, Map.of()) : before.getValue();
  }

  /** Loses power again during the first recovery. */
  private void crashAgain(
      MemoryDisk before, List<DiskStep> opening, MemorySegmentStore kept, int step) {
    CrashImages crash = new CrashImages(before.files());
    SyncedState least = knownAt(step);
    for (DiskStep next : opening) {
      crash.step(next);
      checker(open(crash.everything(), kept.copy()), least, step);
      checker(open(crash.nothing(), kept.copy()), least, step);
    }
  }

  private static long checker(DurableJournal journal, SyncedState least, int step) {
    Recovered found = journal.recovered();
    String when = "after step " + step;
    assertThat(found.promised().round()).as(when).isGreaterThanOrEqualTo(least.promised);
    assertThat(found.chosenThrough()).as(when).isGreaterThanOrEqualTo(least.applied);
    long snapshot = 0;
    try (StoredSnapshot stored = journal.snapshot()) {
      if (stored != null) {
        snapshot = stored.mark().slot();
        assertThat(stored.mark()).isEqualTo(SampleWrites.mark(snapshot, snapshot));
        assertThat(SampleWrites.all(stored.stream()))
            .isEqualTo(SampleWrites.content(snapshot, SNAPSHOT_BYTES));
      }
    }
    assertThat(snapshot).as(when).isBetween(least.snapshot, found.chosenThrough());
    assertThat(journal.oldestSlot()).as(when).isLessThanOrEqualTo(snapshot + 1);
    assertThat(journal.oldestIndex()).isEqualTo(journal.oldestSlot());
    List<ChosenSlot> held = journal.read(journal.oldestSlot(), Long.MAX_VALUE, 1 << 30);
    assertThat(held).as(when).hasSize((int) (found.chosenThrough() + 1 - journal.oldestSlot()));
    long slot = journal.oldestSlot();
    for (ChosenSlot chosen : held) {
      long round = chosen.proposal().ballot().round();
      assertThat(chosen.proposal()).isEqualTo(proposal(slot, round));
      assertThat(chosen.firstIndex()).isEqualTo(slot);
      slot++;
    }
    votes(found, least, when);
    return found.chosenThrough();
  }

  private static void votes(Recovered found, SyncedState least, String when) {
    TreeMap<Long, Ballot> there = new TreeMap<>();
    found.accepted().forEach(proposal -> there.put(proposal.slot(), proposal.ballot()));
    least.votes.forEach(
        (slot, round) -> {
          if (slot > found.archivedThrough()) {
            Ballot ballot = there.getOrDefault(slot, Ballot.NONE);
            assertThat(ballot.round()).as("slot %s %s", slot, when).isGreaterThanOrEqualTo(round);
          }
        });
  }
}

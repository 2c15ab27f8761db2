package io.synod.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests recovery after a power failure at every point of a workload, with many outcomes for
 * unsynced sectors: the journal recovers everything that was synced, and nothing that was not
 * appended.
 */
class CrashImageTest {
  private static final StorageSettings SETTINGS = new StorageSettings(8 * 1024);

  private final List<DiskStep> steps = new ArrayList<>();
  private final List<Write> reported = new ArrayList<>();
  // For each number of steps, how many writes were appended and how many were synced.
  private final List<int[]> marks = new ArrayList<>();
  private final MemorySegmentStore archive =
      new MemorySegmentStore(now -> steps.add(new DiskStep.Kept(now.copy())));
  private MemorySegmentStore kept = new MemorySegmentStore();
  private int begun;
  private int synced;
  private int images;

  private static DurableJournal open(Disk disk, SegmentStore segmentStore) {
    return DurableJournal.open(
        disk,
        segmentStore,
        SampleWrites.IDENTITY,
        SETTINGS,
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  private void mark() {
    while (marks.size() <= steps.size()) {
      marks.add(new int[] {begun, synced});
    }
    marks.set(steps.size(), new int[] {begun, synced});
  }

  private void record(long seed, int cycles) {
    RandomWrites randomWrites = new RandomWrites(seed);
    Random random = new Random(seed);
    DurableJournal journal = open(new RecordingDisk(new MemoryDisk(), steps), archive);
    for (int i = 0; i < cycles; i++) {
      List<Write> writes = randomWrites.cycle();
      mark();
      reported.addAll(writes);
      begun = reported.size();
      journal.append(writes);
      if (random.nextInt(4) > 0) {
        mark();
        journal.sync();
        synced = reported.size();
      }
      mark();
    }
    journal.close();
    mark();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void keepsWhatWasSyncedAndInventsNothing(long seed) {
    record(seed, 150);
    Random random = new Random(seed);
    CrashImages crash = new CrashImages(Map.of());
    for (int step = 0; step <= steps.size(); step++) {
      check(crash.nothing(), step);
      if (crash.anyUnsynced()) {
        check(crash.everything(), step);
        for (int i = 0; i < 4; i++) {
          check(crash.torn(random), step);
        }
        check(crash.without(random.nextInt(crash.sectors())), step);
        check(crash.without(0), step);
      }
      if (step < steps.size()) {
        if (steps.get(step) instanceof DiskStep.Create create) {
          check(crash.halfCreated(create, random), step);
        }
        crash.step(steps.get(step));
        kept = steps.get(step) instanceof DiskStep.Kept changed ? changed.archive() : kept;
      }
    }
    assertThat(images).isGreaterThan(1000);
    assertThat(archive.through()).isGreaterThan(20);
  }

  private void check(MemoryDisk image, int step) {
    images++;
    MemoryDisk before = MemoryDisk.of(image.files());
    MemorySegmentStore archived = kept.copy();
    List<DiskStep> recovery = new ArrayList<>();
    DurableJournal journal = open(new RecordingDisk(image, recovery), archived);
    List<DiskStep> opening = List.copyOf(recovery);
    int known = known(journal, step);
    journal.append(List.of(new Write.Promised(SampleWrites.ballot(1000))));
    journal.sync();
    DurableJournal again = open(image, archived);
    assertThat(again.recovered().promised()).isEqualTo(SampleWrites.ballot(1000));
    assertThat(again.recovered().chosenThrough()).isEqualTo(chosenAfter(known, archived));
    again.close();
    if (images % 7 == 0) {
      crashAgain(before, opening, step, archived);
    }
  }

  private long chosenAfter(int writes, SegmentStore archived) {
    long applied = archived.through();
    for (Write write : reported.subList(0, writes)) {
      if (write instanceof Write.Applied mark) {
        applied = Math.max(applied, mark.through());
      }
    }
    return applied;
  }

  /** Loses power again during the first recovery. */
  private void crashAgain(
      MemoryDisk before, List<DiskStep> recovery, int step, MemorySegmentStore archived) {
    Random random = new Random(step);
    CrashImages crash = new CrashImages(before.files());
    for (DiskStep next : recovery) {
      crash.step(next);
      known(open(crash.torn(random), archived), step);
      known(open(crash.everything(), archived), step);
    }
  }

  /** How many writes the journal recovered: at least the synced ones, at most the appended ones. */
  private int known(DurableJournal journal, int step) {
    Recovered recovered = journal.recovered();
    int least = marks.get(step)[1];
    int most = marks.get(Math.min(step + 1, marks.size() - 1))[0];
    ExpectedJournal expected = new ExpectedJournal();
    for (int i = 0; i < least; i++) {
      expected.add(reported.get(i));
    }
    for (int i = least; i <= most; i++) {
      if (expected.matches(recovered, journal)) {
        return i;
      }
      if (i < most) {
        expected.add(reported.get(i));
      }
    }
    throw new AssertionError(
        "after step " + step + " none of the states " + least + " to " + most + ": " + recovered);
  }
}

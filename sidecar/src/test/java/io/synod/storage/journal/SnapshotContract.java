package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static io.synod.storage.tail.SampleWrites.content;
import static io.synod.storage.tail.SampleWrites.mark;
import static io.synod.storage.tail.SampleWrites.proposal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.tail.SampleWrites;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every journal for snapshots and for the log below and above them. */
abstract class SnapshotContract {
  static final Retention NOTHING = new Retention(Long.MAX_VALUE, 0, Long.MAX_VALUE);

  private Journal journal;

  /** Opens the journal with the contents of an earlier one; its tail files have 64 KiB. */
  abstract Journal open() throws Exception;

  @BeforeEach
  void openFirst() throws Exception {
    journal = open();
  }

  @AfterEach
  void closeLast() {
    journal.close();
  }

  private void write(Write... writes) {
    journal.append(List.of(writes));
    journal.sync();
  }

  private Recovered reopened() throws Exception {
    journal.close();
    journal = open();
    return journal.recovered();
  }

  /** Appends and applies slots of one command each. */
  private void fill(long from, long through) {
    for (long slot = from; slot <= through; slot++) {
      write(accepted(slot, 2, 900), applied(slot));
    }
  }

  private void holdsSnapshot(SnapshotMark mark, int bytes) {
    try (StoredSnapshot snapshot = Objects.requireNonNull(journal.snapshot())) {
      assertThat(snapshot.mark()).isEqualTo(mark);
      assertThat(snapshot.stream().bytes()).isEqualTo(bytes);
      assertThat(SampleWrites.all(snapshot.stream())).isEqualTo(content(mark.slot(), bytes));
      assertThat(snapshot.stream().read(bytes, 10)).isEmpty();
    }
  }

  @Test
  void hasNoSnapshotAtFirst() {
    assertThat(journal.snapshot()).isNull();
    assertThat(journal.oldestSlot()).isEqualTo(1);
    assertThat(journal.oldestIndex()).isEqualTo(1);
  }

  @Test
  void givesTheNewestSnapshotBack() throws Exception {
    fill(1, 20);
    SampleWrites.snapshot(journal, mark(5, 5), 1_000_000);
    SampleWrites.snapshot(journal, mark(20, 20), 300_000);
    SampleWrites.snapshot(journal, mark(7, 7), 10);
    holdsSnapshot(mark(20, 20), 300_000);
    Recovered recovered = reopened();
    holdsSnapshot(mark(20, 20), 300_000);
    assertThat(recovered.archivedThrough()).isEqualTo(20);
    assertThat(recovered.archivedCommands()).isEqualTo(20);
    assertThat(recovered.chosenThrough()).isEqualTo(20);
    assertThat(recovered.accepted()).isEmpty();
    assertThat(journal.read(1, 20, 1 << 30)).hasSize(20);
  }

  @Test
  void keepsWhatIsReadUntilItIsClosed() {
    SampleWrites.snapshot(journal, mark(1, 1), 200_000);
    try (StoredSnapshot old = Objects.requireNonNull(journal.snapshot())) {
      SampleWrites.snapshot(journal, mark(2, 2), 10);
      assertThat(SampleWrites.all(old.stream())).isEqualTo(content(1, 200_000));
    }
  }

  @Test
  void forgetsWhatWasNotSealed() throws Exception {
    StreamWriter abandoned = journal.stage(mark(3, 3));
    abandoned.append(new byte[100_000]);
    abandoned.close();
    StreamWriter left = journal.stage(mark(4, 4));
    left.append(new byte[100_000]);
    assertThat(journal.snapshot()).isNull();
    reopened();
    assertThat(journal.snapshot()).isNull();
    left.close();
  }

  @Test
  void recoversTheSlotsAboveASnapshot() throws Exception {
    fill(1, 8);
    SampleWrites.snapshot(journal, mark(5, 5), 100);
    write(accepted(11, 2, 10));
    Recovered recovered = reopened();
    assertThat(recovered.archivedThrough()).isEqualTo(5);
    assertThat(recovered.chosenThrough()).isEqualTo(8);
    assertThat(recovered.accepted()).extracting(Proposal::slot).containsExactly(6L, 7L, 8L, 11L);
  }

  @Test
  void trimsNothingWithoutASnapshot() {
    fill(1, 400);
    journal.trim(NOTHING);
    assertThat(journal.oldestSlot()).isEqualTo(1);
    assertThat(journal.read(1, 400, 1 << 30)).hasSize(400);
  }

  @Test
  void trimsBelowASnapshotAndNoFurther() throws Exception {
    fill(1, 400);
    SampleWrites.snapshot(journal, mark(200, 200), 100);
    long bytes = journal.bytesOnDisk();
    journal.trim(NOTHING);
    assertThat(journal.bytesOnDisk()).isLessThan(bytes);
    for (int round = 0; round < 2; round++) {
      long oldest = journal.oldestSlot();
      assertThat(oldest).isBetween(100L, 201L);
      assertThat(journal.oldestIndex()).isEqualTo(oldest);
      assertThat(journal.read(oldest - 1, 400, 1 << 30)).isEmpty();
      assertThat(journal.votes(oldest - 1)).isEmpty();
      assertThat(journal.read(oldest, 400, 1 << 30)).hasSize((int) (401 - oldest));
      assertThat(journal.slotOfIndex(oldest)).isEqualTo(oldest);
      assertThat(journal.slotOfIndex(1)).isEqualTo(oldest);
      assertThat(journal.slotOfIndex(400)).isEqualTo(400);
      assertThat(reopened().chosenThrough()).isEqualTo(400);
    }
    fill(401, 500);
    assertThat(journal.read(201, 500, 1 << 30)).hasSize(300);
  }

  @Test
  void keepsTheHistoryThatIsWanted() {
    fill(1, 600);
    SampleWrites.snapshot(journal, mark(600, 600), 100);
    journal.trim(new Retention(Long.MAX_VALUE, Long.MAX_VALUE / 2, Long.MAX_VALUE));
    assertThat(journal.oldestSlot()).isEqualTo(1);
    journal.trim(new Retention(1, 0, Long.MAX_VALUE));
    assertThat(journal.oldestSlot()).isEqualTo(1);
    journal.trim(new Retention(150, 0, Long.MAX_VALUE));
    assertThat(journal.oldestSlot()).isBetween(2L, 150L);
    journal.trim(new Retention(150, 0, 100_000));
    assertThat(journal.oldestSlot()).isGreaterThan(300);
  }

  @Test
  void goesOnBehindAnInstalledSnapshot() throws Exception {
    write(
        new Write.Promised(ballot(9)),
        new Write.Agreed(SampleWrites.FORMATION),
        new Write.Formed());
    fill(1, 400);
    write(accepted(420, 8, 10), accepted(1001, 8, 10), accepted(1005, 3, 20));
    SampleWrites.snapshot(journal, mark(1000, 5000), 100_000);
    assertThat(journal.install(mark(1000, 5000))).isTrue();
    for (int round = 0; round < 2; round++) {
      holdsSnapshot(mark(1000, 5000), 100_000);
      assertThat(journal.oldestSlot()).isEqualTo(1001);
      assertThat(journal.oldestIndex()).isEqualTo(5001);
      assertThat(journal.read(1, 2000, 1 << 30)).isEmpty();
      assertThat(journal.slotOfIndex(1)).isZero();
      Recovered recovered = reopened();
      assertThat(recovered.promised()).isEqualTo(ballot(9));
      assertThat(recovered.agreed()).isEqualTo(SampleWrites.FORMATION);
      assertThat(recovered.formed()).isTrue();
      assertThat(recovered.archivedThrough()).isEqualTo(1000);
      assertThat(recovered.archivedCommands()).isEqualTo(5000);
      assertThat(recovered.chosenThrough()).isEqualTo(1000);
      assertThat(recovered.accepted())
          .containsExactly(accepted(1001, 8, 10).proposal(), accepted(1005, 3, 20).proposal());
    }
    write(applied(1001));
    fill(1002, 1400);
    for (int round = 0; round < 2; round++) {
      List<ChosenSlot> read = journal.read(1001, 1400, 1 << 30);
      assertThat(read).hasSize(400);
      assertThat(read.get(0).firstIndex()).isEqualTo(5001);
      assertThat(read.get(399).firstIndex()).isEqualTo(5400);
      assertThat(journal.slotOfIndex(5200)).isEqualTo(1200);
      assertThat(journal.votes(1001)).extracting(Vote::ballot).containsExactly(ballot(8));
      assertThat(reopened().chosenThrough()).isEqualTo(1400);
    }
  }

  @Test
  void completesAnInstallationThatTheProcessDidNot() throws Exception {
    fill(1, 10);
    write(new Write.Promised(ballot(5)), accepted(55, 5, 10));
    SampleWrites.snapshot(journal, mark(50, 70), 100);
    for (int round = 0; round < 2; round++) {
      Recovered recovered = reopened();
      assertThat(recovered.chosenThrough()).isEqualTo(50);
      assertThat(recovered.archivedCommands()).isEqualTo(70);
      assertThat(recovered.accepted()).containsExactly(accepted(55, 5, 10).proposal());
      assertThat(journal.oldestSlot()).isEqualTo(51);
    }
  }

  @Test
  void isNotThrownBackByAnOlderSnapshot() throws Exception {
    fill(1, 10);
    SampleWrites.snapshot(journal, mark(6, 6), 100);
    assertThat(journal.install(mark(6, 6))).isTrue();
    assertThat(journal.oldestSlot()).isEqualTo(1);
    assertThat(journal.read(1, 10, 1 << 30)).hasSize(10);
    assertThat(reopened().chosenThrough()).isEqualTo(10);
  }

  @Test
  void keepsTheNewestSnapshotWhenAnOlderOneIsSealedLater() throws Exception {
    fill(1, 10);
    try (StreamWriter older = journal.stage(mark(6, 6))) {
      older.append(new byte[10]);
      SampleWrites.snapshot(journal, mark(9, 9), 100);
      older.seal();
    }
    for (int round = 0; round < 2; round++) {
      try (StoredSnapshot newest = Objects.requireNonNull(journal.snapshot())) {
        assertThat(newest.mark()).isEqualTo(mark(9, 9));
      }
      assertThat(reopened().chosenThrough()).isEqualTo(10);
    }
  }

  @Test
  void takesASnapshotOfItsOwnAfterAnInstalledOne() throws Exception {
    SampleWrites.snapshot(journal, mark(100, 100), 100);
    assertThat(journal.install(mark(100, 100))).isTrue();
    write(new Write.Learned(proposal(101, 2, 1, 10)), applied(101));
    SampleWrites.snapshot(journal, mark(101, 101), 50);
    for (int round = 0; round < 2; round++) {
      Recovered recovered = reopened();
      assertThat(recovered.archivedThrough()).isEqualTo(101);
      assertThat(journal.oldestSlot()).isEqualTo(101);
      assertThat(journal.read(101, 101, 1)).hasSize(1);
    }
  }

  @Test
  void installsNothingThatWasNotSealed() {
    assertThatThrownBy(() -> journal.install(mark(9, 9))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keepsWhatApplicationsHandOver() throws Exception {
    put("ledger", 7, 300_000);
    put("ledger", 9, 0);
    put("orders/€", 7, 10);
    StreamWriter half = journal.appSnapshots().stage("ledger", 11);
    half.append(new byte[10]);
    for (int round = 0; round < 2; round++) {
      AppSnapshots appSnapshots = journal.appSnapshots();
      assertThat(appSnapshots.list())
          .extracting(
              AppSnapshots.Blob::consumer, AppSnapshots.Blob::index, AppSnapshots.Blob::bytes)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple("ledger", 7L, 300_000L),
              org.assertj.core.groups.Tuple.tuple("ledger", 9L, 0L),
              org.assertj.core.groups.Tuple.tuple("orders/€", 7L, 10L));
      try (StreamReader streamReader = Objects.requireNonNull(appSnapshots.open("ledger", 7))) {
        assertThat(SampleWrites.all(streamReader)).isEqualTo(content(7, 300_000));
        assertThat(appSnapshots.list())
            .filteredOn(blob -> blob.bytes() == 300_000)
            .singleElement()
            .extracting(AppSnapshots.Blob::sha256)
            .isEqualTo(streamReader.sha256());
      }
      assertThat(appSnapshots.open("ledger", 11)).isNull();
      assertThat(appSnapshots.open("nobody", 7)).isNull();
      reopened();
    }
    delete("ledger", 7);
    assertThat(journal.appSnapshots().open("ledger", 7)).isNull();
    put("ledger", 9, 20);
    reopened();
    assertThat(journal.appSnapshots().list())
        .extracting(AppSnapshots.Blob::bytes)
        .containsOnly(10L, 20L);
    assertThat(journal.recovered()).isEqualTo(Recovered.empty());
    half.close();
  }

  private void delete(String consumer, long index) {
    journal.appSnapshots().sealed().stream()
        .filter(one -> one.group().equals(journal.appSnapshots().group(consumer)))
        .filter(one -> one.index() == index)
        .forEach(journal.appSnapshots()::delete);
  }

  @Test
  void removesNothingThatWasHandedOverAnew() throws Exception {
    put("ledger", 7, 10);
    reopened();
    AppSnapshots.Sealed before = journal.appSnapshots().sealed().get(0);
    put("ledger", 7, 10);
    AppSnapshots.Sealed after = journal.appSnapshots().sealed().get(0);
    assertThat(after).isNotEqualTo(before);
    journal.appSnapshots().delete(before);
    assertThat(journal.appSnapshots().sealed()).containsExactly(after);
    journal.appSnapshots().delete(after);
    assertThat(journal.appSnapshots().sealed()).isEmpty();
    put("ledger", 7, 10);
    assertThat(journal.appSnapshots().sealed().get(0)).isNotIn(before, after);
  }

  private void put(String consumer, long index, int bytes) {
    try (StreamWriter streamWriter = journal.appSnapshots().stage(consumer, index)) {
      streamWriter.append(content(index, bytes));
      assertThat(streamWriter.bytes()).isEqualTo(bytes);
      streamWriter.seal();
    }
  }
}

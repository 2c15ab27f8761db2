package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static io.synod.storage.tail.SampleWrites.proposal;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Journal;
import io.synod.storage.tail.SampleWrites;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every journal, whatever its disk and archive. */
abstract class JournalContract {
  Journal journal;

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

  @Test
  void recoversNothingFromAnEmptyDisk() {
    assertThat(journal.recovered()).isEqualTo(Recovered.empty());
    assertThat(journal.read(1, 10, 1000)).isEmpty();
    assertThat(journal.votes(1)).isEmpty();
    assertThat(journal.slotOfIndex(1)).isZero();
  }

  @Test
  void recoversWhatWasSynced() throws Exception {
    write(new Write.Promised(ballot(4)));
    write(new Write.Agreed(SampleWrites.FORMATION), new Write.Formed());
    write(accepted(1, 4), accepted(2, 4), accepted(5, 4));
    write(applied(2));
    Recovered recovered = reopened();
    assertThat(recovered.promised()).isEqualTo(ballot(4));
    assertThat(recovered.agreed()).isEqualTo(SampleWrites.FORMATION);
    assertThat(recovered.formed()).isTrue();
    assertThat(recovered.chosenThrough()).isEqualTo(2);
    assertThat(recovered.accepted())
        .containsExactly(
            accepted(1, 4).proposal(), accepted(2, 4).proposal(), accepted(5, 4).proposal());
  }

  @Test
  void countsAVoteAsAPromise() throws Exception {
    write(new Write.Promised(ballot(2)));
    write(accepted(1, 7));
    assertThat(reopened().promised()).isEqualTo(ballot(7));
  }

  @Test
  void doesNotCountWhatWasLearnedAsAPromise() throws Exception {
    write(new Write.Promised(ballot(2)));
    write(new Write.Learned(proposal(1, 7, 1, 10)));
    assertThat(reopened().promised()).isEqualTo(ballot(2));
  }

  @Test
  void recoversTheHighestBallotOfASlot() throws Exception {
    write(accepted(1, 3));
    write(new Write.Learned(proposal(1, 9, 1, 10)));
    write(accepted(1, 5));
    assertThat(reopened().accepted()).containsExactly(proposal(1, 9, 1, 10));
  }

  @Test
  void tellsAllVotesOfASlotOldestFirst() throws Exception {
    write(accepted(1, 3), accepted(2, 3));
    write(new Write.Learned(proposal(1, 9, 1, 10)));
    for (int round = 0; round < 2; round++) {
      List<Vote> votes = journal.votes(1);
      assertThat(votes).extracting(Vote::ballot).containsExactly(ballot(3), ballot(9));
      assertThat(votes).extracting(Vote::learned).containsExactly(false, true);
      assertThat(votes).extracting(Vote::commands).containsExactly(2, 1);
      reopened();
    }
  }

  @Test
  void readsAppliedSlotsWithTheirIndexes() throws Exception {
    write(accepted(1, 3), new Write.Accepted(new Proposal(2, ballot(3), Batch.noOp(5))));
    write(accepted(3, 3), accepted(4, 3));
    write(new Write.Applied(3, List.of(SampleWrites.effect(3))));
    for (int round = 0; round < 2; round++) {
      List<ChosenSlot> slots = journal.read(1, 100, 1 << 20);
      assertThat(slots).extracting(slot -> slot.proposal().slot()).containsExactly(1L, 2L, 3L);
      assertThat(slots).extracting(ChosenSlot::firstIndex).containsExactly(1L, 3L, 3L);
      assertThat(slots)
          .extracting(ChosenSlot::effects)
          .containsExactly(Bytes.EMPTY, Bytes.EMPTY, SampleWrites.effect(3).bytes());
      assertThat(journal.slotOfIndex(2)).isEqualTo(1);
      assertThat(journal.slotOfIndex(3)).isEqualTo(3);
      assertThat(journal.slotOfIndex(5)).isZero();
      reopened();
    }
  }

  @Test
  void cutsAPageOnceItExceedsItsBytes() {
    write(accepted(1, 3), accepted(2, 3), accepted(3, 3), applied(3));
    int size = accepted(1, 3).proposal().batch().size();
    assertThat(journal.read(1, 3, 1)).hasSize(1);
    assertThat(journal.read(1, 3, size + 1)).hasSize(2);
    assertThat(journal.read(2, 2, 1 << 20)).hasSize(1);
    assertThat(journal.read(4, 9, 1 << 20)).isEmpty();
  }

  @Test
  void readsWhatWasAppendedBeforeItIsSynced() {
    journal.append(List.of(accepted(1, 3), applied(1)));
    assertThat(journal.read(1, 1, 1000)).hasSize(1);
    assertThat(journal.votes(1)).hasSize(1);
  }

  @Test
  void keepsEverythingThroughManyFilesAndSeals() throws Exception {
    write(
        new Write.Promised(ballot(9)),
        new Write.Agreed(SampleWrites.FORMATION),
        new Write.Formed());
    int slots = 400;
    for (int slot = 1; slot <= slots; slot++) {
      write(accepted(slot, 2, 900));
      write(accepted(slot, 3, 900), applied(slot));
    }
    for (int round = 0; round < 2; round++) {
      assertThat(journal.bytesOnDisk()).isPositive();
      List<ChosenSlot> read = journal.read(1, slots, 1 << 30);
      assertThat(read).hasSize(slots);
      for (int slot = 1; slot <= slots; slot++) {
        assertThat(read.get(slot - 1).proposal()).isEqualTo(accepted(slot, 3, 900).proposal());
        assertThat(read.get(slot - 1).firstIndex()).isEqualTo(slot);
        assertThat(journal.slotOfIndex(slot)).isEqualTo(slot);
        assertThat(journal.votes(slot)).extracting(Vote::ballot).contains(ballot(2), ballot(3));
      }
      Recovered recovered = reopened();
      assertThat(recovered.promised()).isEqualTo(ballot(9));
      assertThat(recovered.agreed()).isEqualTo(SampleWrites.FORMATION);
      assertThat(recovered.formed()).isTrue();
      assertThat(recovered.chosenThrough()).isEqualTo(slots);
      assertThat(recovered.archivedThrough()).isGreaterThan(slots / 2);
      assertThat(recovered.archivedCommands()).isEqualTo(recovered.archivedThrough());
      assertThat(recovered.accepted()).hasSize((int) (slots - recovered.archivedThrough()));
    }
  }

  @Test
  void sealsWhatIsAppliedWhileItVotesFarAhead() throws Exception {
    long far = 1_000_000;
    for (int slot = 1; slot <= 600; slot++) {
      write(new Write.Learned(proposal(slot, 2, 1, 900)), accepted(far + slot, 3, 300));
      write(applied(slot));
    }
    for (int round = 0; round < 2; round++) {
      Recovered recovered = reopened();
      assertThat(recovered.archivedThrough()).isGreaterThan(400);
      assertThat(recovered.chosenThrough()).isEqualTo(600);
      assertThat(recovered.accepted()).hasSize((int) (1200 - recovered.archivedThrough()));
      assertThat(journal.read(1, 600, 1 << 30)).hasSize(600);
      assertThat(journal.votes(5)).hasSize(1);
      assertThat(journal.votes(far + 5)).hasSize(1);
      assertThat(journal.slotOfIndex(577)).isEqualTo(577);
    }
  }

  @Test
  void takesARecordLargerThanAFile() throws Exception {
    List<Write> writes = new ArrayList<>();
    for (int slot = 1; slot <= 3; slot++) {
      writes.add(accepted(slot, 1, 300_000));
    }
    writes.add(applied(3));
    write(writes.toArray(new Write[0]));
    write(accepted(4, 1));
    for (int round = 0; round < 2; round++) {
      assertThat(journal.read(1, 3, 1 << 30)).hasSize(3);
      assertThat(reopened().chosenThrough()).isEqualTo(3);
    }
  }

  @Test
  void keepsTheVoteForASealedSlotThatIsGivenAgain() throws Exception {
    for (int slot = 1; slot <= 200; slot++) {
      write(accepted(slot, 2, 900), applied(slot));
    }
    write(accepted(1, 8, 900));
    for (int round = 0; round < 2; round++) {
      assertThat(journal.votes(1)).extracting(Vote::ballot).containsExactly(ballot(2), ballot(8));
      assertThat(journal.read(1, 1, 1)).hasSize(1);
      assertThat(reopened().promised()).isEqualTo(ballot(8));
    }
  }
}

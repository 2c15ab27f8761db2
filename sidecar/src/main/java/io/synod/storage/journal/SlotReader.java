package io.synod.storage.journal;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.JournalException;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.CarryOver;
import io.synod.storage.tail.TailIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads slots from the archive or the tail, while a task moves them from the tail to the archive or
 * trims them. Any thread may call any method.
 *
 * @param failed receives a failure that must stop the journal, and returns what to throw
 */
record SlotReader(
    TailIndex index, SegmentStore segmentStore, Function<Exception, JournalException> failed) {

  /**
   * What the replica of this journal continues with after an opening.
   *
   * @param newest the newest snapshot
   * @param restore identifies the backup from which the disk was restored; 0 if it began empty
   */
  Recovered recovered(CarryOver carryOver, SnapshotMark newest, long restore) throws IOException {
    SegmentStore.Span sealed = segmentStore.span();
    boolean ahead = newest.slot() > sealed.through();
    long through = ahead ? newest.slot() : sealed.through();
    List<Proposal> accepted = new ArrayList<>();
    for (TailIndex.IndexedSlot slot : index.above(through)) {
      accepted.add(slot.highest().proposal());
    }
    return new Recovered(
        carryOver.promised(),
        through,
        ahead ? newest.index() : sealed.commands(),
        List.copyOf(accepted),
        index.applied(),
        carryOver.agreed(),
        carryOver.formed(),
        carryOver.origin(restore, newest));
  }

  List<ChosenSlot> read(long from, long through, int bytesMax) {
    List<ChosenSlot> page = new ArrayList<>();
    long last = Math.min(through, index.applied());
    long left = bytesMax;
    long next = Math.max(1, from);
    while (next <= last && (page.isEmpty() || left > 0)) {
      List<ChosenSlot> more = some(next, last, (int) Math.max(0, left));
      if (more.isEmpty()) {
        break;
      }
      for (ChosenSlot slot : more) {
        left -= slot.proposal().batch().size();
      }
      Check.that(
          more.get(0).proposal().slot() == next,
          "slots are read without a gap",
          more.get(0).proposal().slot(),
          next);
      page.addAll(more);
      next += more.size();
    }
    return page;
  }

  List<Proposal> unapplied(long from, long through, int bytesMax) {
    List<Proposal> page = new ArrayList<>();
    long left = bytesMax;
    for (long next = from; next <= through && (page.isEmpty() || left > 0); next++) {
      TailIndex.IndexedSlot slot = index.get(next);
      if (slot == null) {
        throw new IllegalStateException("chosen slot " + next + " is not applied nor in the tail");
      }
      try {
        Proposal proposal = slot.highest().proposal();
        left -= proposal.batch().size();
        page.add(proposal);
      } catch (IOException | JournalException e) {
        throw failed.apply(e);
      }
    }
    return page;
  }

  private List<ChosenSlot> some(long from, long last, int bytesMax) {
    if (from <= segmentStore.through()) {
      return segmentStore.read(from, Math.min(last, segmentStore.through()), bytesMax);
    }
    TailIndex.IndexedSlot slot = index.get(from);
    try {
      // An entry without an index is a new vote for a slot that was sealed meanwhile.
      if (slot != null && slot.firstIndex() > 0) {
        Proposal proposal = slot.highest().proposal();
        return List.of(new ChosenSlot(proposal, slot.firstIndex(), slot.effects()));
      }
    } catch (IOException e) {
      if (from > segmentStore.through()) {
        throw failed.apply(e);
      }
    } catch (JournalException e) {
      throw failed.apply(e);
    }
    // It was sealed, and its file removed, after this call began.
    return from <= segmentStore.through()
        ? segmentStore.read(from, Math.min(last, segmentStore.through()), bytesMax)
        : List.of();
  }

  List<Vote> votes(long slot) {
    // The tail first: a slot is in the archive before the tail drops it.
    List<Vote> recent = index.votes(slot);
    Set<Vote> votes = new LinkedHashSet<>();
    if (slot <= segmentStore.through()) {
      votes.addAll(segmentStore.votes(slot));
    }
    votes.addAll(recent);
    return List.copyOf(votes);
  }

  long slotOfIndex(long commandIndex) {
    // Read first: a seal after this line is noticed below.
    SegmentStore.Span sealed = segmentStore.span();
    if (commandIndex <= sealed.commands() && !sealed.isEmpty()) {
      return segmentStore.slotOfIndex(commandIndex);
    }
    long slot = index.slotOfIndex(commandIndex, sealed.through() + 1);
    // If it was sealed meanwhile, the search missed it.
    return sealed.through() == segmentStore.through() ? slot : slotOfIndex(commandIndex);
  }
}

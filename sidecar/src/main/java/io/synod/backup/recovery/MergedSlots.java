package io.synod.backup.recovery;

import io.synod.paxos.value.Proposal;
import io.synod.storage.offline.OfflineSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The slots above a chosen prefix as several disks hold them: for each slot the value at the
 * highest ballot, which is the one that a new leader would choose.
 *
 * <p>If some value was chosen for the slot at this ballot or a lower one, it is this value, since
 * no higher ballot proposes another [PMS §2.2 P2]. So what a disk records as chosen is always kept.
 * It does not follow that the value was chosen: without a quorum of the voters, a later ballot may
 * have chosen another one that none of these disks knows.
 *
 * <p>Slots are recovered up to the first that no disk holds. The later ones are left out: their
 * commands would run without those before them, and could have other results than their callers
 * were told.
 */
final class MergedSlots {
  private final long through;
  private final TreeMap<Long, MergedSlot> slots = new TreeMap<>();

  /**
   * A slot.
   *
   * @param chosen whether a disk records that it is chosen
   * @param holder the disk that has the value
   */
  record MergedSlot(Proposal proposal, boolean chosen, Survivor holder) {

    long slot() {
      return proposal.slot();
    }
  }

  /** Begins without any slot above {@code through}, the last one of the chosen prefix. */
  MergedSlots(long through) {
    this.through = through;
  }

  /** The slots above the prefix of the best disk, as all of the disks hold them. */
  static MergedSlots of(Survivors survivors) throws RecoveryException {
    long through = survivors.best().applied();
    MergedSlots merged = new MergedSlots(through);
    for (Survivor survivor : survivors.all()) {
      long from = survivor.isDamaged() ? through + 1 : survivor.applied() + 1;
      survivor.visit(from, Long.MAX_VALUE, slot -> merged.add(slot, survivor));
    }
    return merged;
  }

  /**
   * Adds a slot of a disk.
   *
   * @throws RecoveryException if another disk contradicts it
   */
  void add(OfflineSlot held, Survivor holder) throws RecoveryException {
    long slot = held.proposal().slot();
    if (slot > through) {
      MergedSlot added = new MergedSlot(held.proposal(), held.chosen(), holder);
      MergedSlot known = slots.get(slot);
      slots.put(slot, known == null ? added : merged(known, added));
    }
  }

  private static MergedSlot merged(MergedSlot one, MergedSlot other) throws RecoveryException {
    int order = one.proposal().ballot().compareTo(other.proposal().ballot());
    MergedSlot higher = order < 0 ? other : one;
    MergedSlot lower = order < 0 ? one : other;
    boolean same = higher.proposal().batch().equals(lower.proposal().batch());
    if (!same && (order == 0 || lower.chosen())) {
      throw new RecoveryException(
          one.holder().path()
              + " and "
              + other.holder().path()
              + " contradict each other in slot "
              + one.slot()
              + ", as after a start from a copy of a data directory: leave one out");
    }
    return new MergedSlot(
        higher.proposal(), higher.chosen() || (same && lower.chosen()), higher.holder());
  }

  /** The slots that are recovered, in order and without a hole. */
  List<MergedSlot> recovered() {
    List<MergedSlot> recovered = new ArrayList<>();
    for (MergedSlot next = slots.get(through + 1);
        next != null;
        next = slots.get(next.slot() + 1)) {
      recovered.add(next);
    }
    return recovered;
  }

  /** The slots after a hole. */
  List<MergedSlot> leftOut() {
    return List.copyOf(slots.tailMap(lastRecovered(), false).values());
  }

  /** All slots, in order. */
  List<MergedSlot> all() {
    return List.copyOf(slots.values());
  }

  /** The last slot that is recovered. */
  long lastRecovered() {
    return through + recovered().size();
  }

  /** The last slot that is known to be chosen together with every slot before it. */
  long knownChosen() {
    long last = through;
    for (@Nullable MergedSlot next = slots.get(last + 1);
        next != null && next.chosen();
        next = slots.get(last + 1)) {
      last++;
    }
    return last;
  }
}

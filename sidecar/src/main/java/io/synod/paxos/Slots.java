package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The slots in memory: what this node accepted or learned, per slot at its highest ballot. Slots up
 * to the floor are chosen and were dropped; the journal still has them.
 */
final class Slots {
  private final TreeMap<Long, Proposal> proposals = new TreeMap<>();
  // Invariant: floor <= chosenThrough of the learner.
  private long floor;
  private long bytes;

  Slots(long floor) {
    this.floor = floor;
  }

  long floor() {
    return floor;
  }

  /** The memory that the slots take, in bytes. */
  long bytes() {
    return bytes;
  }

  /** Whether a slot is close enough to the chosen prefix to be output soon. */
  static boolean isWithinReach(long slot, long chosenThrough, Settings settings) {
    return slot <= chosenThrough + 2L * settings.windowSlots();
  }

  /**
   * Whether this slot may be held: slots close to the prefix always, others only while few bytes
   * are held.
   */
  boolean hasRoomFor(long slot, long chosenThrough, Settings settings) {
    return isWithinReach(slot, chosenThrough, settings)
        || bytes <= settings.recentBytesMax() + 2 * settings.windowBytesMax();
  }

  /** The highest slot in memory, or the floor. */
  long top() {
    return proposals.isEmpty() ? floor : Math.max(floor, proposals.lastKey());
  }

  @Nullable Proposal get(long slot) {
    return proposals.get(slot);
  }

  /** Whether there is a proposal of {@code ballot} at {@code from} or above. */
  boolean holds(Ballot ballot, long from) {
    return proposals.tailMap(from, true).values().stream()
        .anyMatch(proposal -> proposal.ballot().equals(ballot));
  }

  void put(Proposal proposal) {
    Check.that(proposal.slot() > floor, "a slot at or below the floor", proposal.slot(), floor);
    Proposal before = proposals.put(proposal.slot(), proposal);
    Check.that(
        before == null || !before.ballot().above(proposal.ballot()),
        "a slot keeps its proposal of the highest ballot");
    bytes += proposal.bytes() - (before == null ? 0 : before.bytes());
  }

  /**
   * Drops the oldest slots, none above {@code chosenThrough}, until at most {@code bytesMax} are
   * held.
   */
  void trim(long chosenThrough, long bytesMax) {
    while (bytes > bytesMax && !proposals.isEmpty() && proposals.firstKey() <= chosenThrough) {
      Map.Entry<Long, Proposal> oldest = proposals.pollFirstEntry();
      bytes -= oldest.getValue().bytes();
      floor = oldest.getKey();
    }
    Check.that(floor <= chosenThrough, "only chosen slots leave memory", floor, chosenThrough);
    Check.that(proposals.isEmpty() ? bytes == 0 : bytes > 0, "the bytes are those of the slots");
  }

  /** Drops every slot up to {@code slot}, which is chosen and in a snapshot; later slots stay. */
  void skipTo(long slot) {
    while (!proposals.isEmpty() && proposals.firstKey() <= slot) {
      Map.Entry<Long, Proposal> oldest = proposals.pollFirstEntry();
      bytes -= oldest.getValue().bytes();
    }
    floor = Math.max(floor, slot);
    Check.that(proposals.isEmpty() ? bytes == 0 : bytes > 0, "the bytes are those of the slots");
  }

  /** The memory that slots up to {@code through} take. */
  MemoryUse through(long through) {
    MemoryUse held = MemoryUse.NONE;
    for (Proposal proposal : proposals.headMap(through, true).values()) {
      held = held.with(proposal.bytes());
    }
    return held;
  }

  /**
   * The proposals from {@code from} to {@code through}, in order, at most about {@code bytesMax}.
   */
  List<Proposal> page(long from, long through, int bytesMax) {
    List<Proposal> page = new ArrayList<>();
    long size = 0;
    if (from > through) {
      return page;
    }
    for (Proposal proposal : proposals.subMap(from, true, through, true).values()) {
      page.add(proposal);
      size += proposal.bytes();
      if (size > bytesMax) {
        break;
      }
    }
    return page;
  }
}

package io.synod.storage.tail;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The index of the tail: the locations of each slot's records, and the commands of the applied
 * ones. The loop's thread adds; any thread reads.
 */
public final class TailIndex {
  private final ConcurrentSkipListMap<Long, IndexedSlot> slots = new ConcurrentSkipListMap<>();
  // Invariant: every slot from the first unsealed one to here is in the map, with its firstIndex.
  private volatile long applied;
  private volatile long commands;
  // Invariant: not above applied; marks in the tail or the archive record slots up to here as
  // applied.
  private volatile long recorded;

  /**
   * One slot.
   *
   * @param records this disk's records of it, oldest first
   * @param firstIndex the index of its first command; 0 until it is applied
   * @param effects the effects of applying it
   */
  public record IndexedSlot(List<RecordLocation> records, long firstIndex, Bytes effects) {

    /**
     * The record at the highest ballot. Once the slot is chosen, it holds the chosen value: no
     * ballot above the one at which it was chosen proposes another [PMS §2.2 P2].
     */
    public RecordLocation highest() {
      RecordLocation best = records.get(0);
      for (RecordLocation location : records) {
        if (!best.record().ballot().above(location.record().ballot())) {
          best = location;
        }
      }
      return best;
    }
  }

  /** Begins after the archived slots. */
  public TailIndex(long archivedThrough, long archivedCommands) {
    this.applied = archivedThrough;
    this.recorded = archivedThrough;
    this.commands = archivedCommands;
  }

  /** The last applied slot. */
  public long applied() {
    return applied;
  }

  /** The last slot that a mark on the disk records as applied. */
  public long recorded() {
    return recorded;
  }

  /** A mark on the disk records the slots up to {@code through} as applied. */
  public void record(long through) {
    recorded = Math.max(recorded, through);
    Check.that(recorded <= applied, "slots recorded as applied are applied", recorded, applied);
  }

  /** How many commands the slots up to {@link #applied} hold. */
  public long commands() {
    return commands;
  }

  /** Adds a proposal. */
  public void add(RecordLocation location) {
    location.file().holds(location.record().slot());
    slots.merge(
        location.record().slot(),
        new IndexedSlot(List.of(location), 0, Bytes.EMPTY),
        (old, added) -> {
          List<RecordLocation> records = new ArrayList<>(old.records);
          records.addAll(added.records);
          return new IndexedSlot(List.copyOf(records), old.firstIndex, old.effects);
        });
  }

  /** Refuses a mark of applied slots that are missing here: it would make the disk unreadable. */
  public void refuseGaps(List<Write> writes) {
    Set<Long> added = new HashSet<>();
    long reached = applied;
    for (Write write : writes) {
      if (write instanceof Write.Accepted accepted) {
        added.add(accepted.proposal().slot());
      } else if (write instanceof Write.Learned learned) {
        added.add(learned.proposal().slot());
      } else if (write instanceof Write.Applied mark) {
        for (; reached < mark.through(); reached++) {
          boolean held = added.contains(reached + 1) || slots.containsKey(reached + 1);
          Check.that(held, "an applied slot is on this disk", reached + 1, 0);
        }
      }
    }
  }

  /** Marks the slots up to {@code write.through()} as applied; false if one of them is missing. */
  public boolean apply(Write.Applied write) {
    Map<Long, Bytes> effects = new HashMap<>();
    write.effects().forEach(effect -> effects.put(effect.slot(), effect.bytes()));
    long next = commands + 1;
    for (long slot = applied + 1; slot <= write.through(); slot++) {
      IndexedSlot found = slots.get(slot);
      if (found == null) {
        return false;
      }
      int held = found.highest().commands();
      slots.put(
          slot, new IndexedSlot(found.records, next, effects.getOrDefault(slot, Bytes.EMPTY)));
      next += held;
    }
    commands = next - 1;
    applied = Math.max(applied, write.through());
    return true;
  }

  /** Marks slots as applied whose marks wait to be written. */
  public void applyAll(List<Write> waiting) {
    for (Write write : waiting) {
      if (write instanceof Write.Applied mark) {
        Check.that(apply(mark), "every applied slot is in the tail", mark.through(), 0);
      }
    }
  }

  /**
   * Continues after {@code slot}, up to which there are {@code held} commands; a snapshot holds
   * them. If that slot is the last applied one, the records of it and of those before are dropped
   * all the same.
   */
  public void restart(long slot, long held) {
    Check.that(slot >= applied, "the log is not thrown back", slot, applied);
    Check.that(held >= commands, "a snapshot holds every command before it", held, commands);
    commands = held;
    applied = slot;
    recorded = slot;
    slots.headMap(slot, true).clear();
  }

  /** The records of a slot, or null. */
  @Nullable
  public IndexedSlot get(long slot) {
    return slots.get(slot);
  }

  /** This disk's votes for a slot, oldest first. */
  public List<Vote> votes(long slot) {
    IndexedSlot found = slots.get(slot);
    return found == null ? List.of() : found.records.stream().map(RecordLocation::vote).toList();
  }

  /** The slots above {@code slot}. */
  public Iterable<IndexedSlot> above(long slot) {
    Check.that(slot <= applied, "archived slots are applied", slot, applied);
    return slots.tailMap(slot, false).values();
  }

  /**
   * The first slot from {@code from} on that holds the command, or else the next slot with
   * commands; 0 if none.
   */
  public long slotOfIndex(long index, long from) {
    long low = from;
    long high = applied;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      IndexedSlot slot = slots.get(middle);
      if (slot == null || slot.firstIndex + slot.highest().commands() <= index) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return low <= applied ? low : 0;
  }

  /**
   * The first applied slot such that those after {@code slot} up to it take {@code bytes} in all; 0
   * if they take less.
   */
  public long spanning(long slot, long bytes) {
    long left = bytes;
    for (long next = slot + 1; next <= applied; next++) {
      IndexedSlot found = slots.get(next);
      left -= found == null ? 0 : found.highest().record().bodyBytes();
      if (left <= 0) {
        return next;
      }
    }
    return 0;
  }

  /** Drops a slot that was sealed with this many records, unless there are more by now. */
  public void removeSealed(long slot, int records) {
    slots.computeIfPresent(slot, (number, found) -> found.records.size() == records ? null : found);
  }

  /** Drops the records in files up to {@code throughSequence}; their slots are sealed. */
  public void remove(long throughSequence, long sealedThrough) {
    Check.that(sealedThrough <= applied, "sealed slots are applied", sealedThrough, applied);
    for (long slot : slots.headMap(sealedThrough, true).keySet()) {
      slots.computeIfPresent(
          slot,
          (number, found) -> {
            List<RecordLocation> kept =
                found.records.stream()
                    .filter(location -> location.file().sequence() > throughSequence)
                    .toList();
            return kept.isEmpty() ? null : new IndexedSlot(kept, found.firstIndex, found.effects);
          });
    }
  }
}

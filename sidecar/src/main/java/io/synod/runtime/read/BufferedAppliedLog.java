package io.synod.runtime.read;

import io.synod.paxos.MemoryUse;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.StateFollower;
import io.synod.state.State;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.result.Effects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The applied log: recent slots from memory, older ones from the journal. {@link #advance}, {@link
 * #restart}, {@link #onReportedIndex} and {@link #signal} belong to the loop's thread, the other
 * methods to any.
 */
public final class BufferedAppliedLog implements AppliedLog, Participant, StateFollower {
  private final Journal journal;
  private final long recentBytesMax;
  // By the index of their first command; slots without commands are not in it.
  private final ConcurrentSkipListMap<Long, ChosenSlot> recent = new ConcurrentSkipListMap<>();
  private final CopyOnWriteArrayList<Follower> followers = new CopyOnWriteArrayList<>();
  private long recentBytes;
  private volatile long appliedIndex;
  private volatile long appliedSlot;
  private volatile long reportedIndex;

  public BufferedAppliedLog(Journal journal, long recentBytesMax) {
    this.journal = journal;
    this.recentBytesMax = recentBytesMax;
  }

  @Override
  public void onDecided(NodeView nodeView) {
    onReportedIndex(nodeView.view().reportedIndex());
  }

  @Override
  public void restored(State state) {
    restart(state.slot(), state.index());
  }

  @Override
  public void passedOver() {
    signal();
  }

  @Override
  public void applied(ChosenSlot slot, SlotResult slotResult, State after) {
    advance(slot, slot.firstIndex() + slot.proposal().batch().count() - 1);
  }

  @Override
  public void shown(List<Chosen> chosen, List<SlotResult> slotResults) {
    signal();
  }

  /**
   * A slot was applied; {@code lastIndex} is the index of its last command, or of the last one
   * before it.
   */
  public void advance(ChosenSlot slot, long lastIndex) {
    Batch batch = slot.proposal().batch();
    Check.that(
        slot.proposal().slot() == appliedSlot + 1,
        "slots are published in order",
        slot.proposal().slot(),
        appliedSlot);
    Check.that(
        slot.firstIndex() == appliedIndex + 1,
        "commands are published without a gap",
        slot.firstIndex(),
        appliedIndex);
    if (batch.hasCommands()) {
      recent.put(slot.firstIndex(), slot);
      recentBytes += batch.size();
      while (recentBytes > recentBytesMax && recent.size() > 1) {
        Map.Entry<Long, ChosenSlot> oldest = recent.pollFirstEntry();
        recentBytes -= oldest.getValue().proposal().batch().size();
      }
    }
    appliedSlot = slot.proposal().slot();
    appliedIndex = lastIndex;
  }

  /** Everything up to there is applied, and cannot be read here. */
  public void restart(long slot, long index) {
    recent.clear();
    recentBytes = 0;
    appliedSlot = slot;
    appliedIndex = index;
  }

  /** Some node knows the command with this index to be chosen; it never falls. */
  public void onReportedIndex(long index) {
    reportedIndex = index;
  }

  /** The memory that the slots take, counted one by one. */
  public MemoryUse memoryUse() {
    MemoryUse memoryUse = MemoryUse.NONE;
    for (ChosenSlot slot : recent.values()) {
      memoryUse = memoryUse.with(slot.proposal().batch().size());
    }
    return memoryUse;
  }

  /** The index of the first command in memory; {@code Long.MAX_VALUE} if there is none. */
  public long oldestRecent() {
    Map.Entry<Long, ChosenSlot> held = recent.firstEntry();
    return held == null ? Long.MAX_VALUE : held.getKey();
  }

  /** Wakes the watchers. */
  public void signal() {
    for (Follower follower : followers) {
      follower.signal.run();
    }
  }

  /** The first index that a follower still has to read. */
  public long neededFromIndex() {
    long needed = Long.MAX_VALUE;
    for (Follower follower : followers) {
      needed = Math.min(needed, follower.neededFromIndex.getAsLong());
    }
    return needed;
  }

  @Override
  public Page page(long from, int entriesMax, int bytesMax) {
    Reader reader = new Reader(Math.max(1, from), entriesMax, bytesMax);
    long through = appliedIndex;
    while (reader.next <= through && !reader.full) {
      Map.Entry<Long, ChosenSlot> held = recent.floorEntry(reader.next);
      if (held == null || !holds(held.getValue(), reader.next)) {
        readJournal(reader);
      } else {
        reader.take(held.getValue());
      }
    }
    return new Page(reader.items, reader.next);
  }

  private void readJournal(Reader reader) {
    long index = reader.next;
    if (index < journal.oldestIndex()) {
      // The entries that were already read are returned; the next call throws.
      reader.full = !reader.items.isEmpty();
      if (!reader.full) {
        throw new CompactedException(index, oldestIndex());
      }
      return;
    }
    long slot = journal.slotOfIndex(index);
    for (ChosenSlot stored : journal.read(slot, appliedSlot, reader.bytesLeft())) {
      if (!reader.full) {
        reader.take(stored);
      }
    }
    if (reader.next == index) {
      long oldest = oldestIndex();
      if (index < oldest) {
        throw new CompactedException(index, oldest);
      }
      throw new JournalException("the journal does not hold index " + index);
    }
  }

  private static boolean holds(ChosenSlot slot, long index) {
    return index < slot.firstIndex() + slot.proposal().batch().count();
  }

  @Override
  public long appliedIndex() {
    return appliedIndex;
  }

  @Override
  public long chosenIndex() {
    return Math.max(appliedIndex, reportedIndex);
  }

  @Override
  public long oldestIndex() {
    return Math.min(journal.oldestIndex(), oldestRecent());
  }

  /** The slot that holds the command with this index. */
  public long slotOfIndex(long index) {
    Map.Entry<Long, ChosenSlot> held = recent.floorEntry(index);
    return held != null && holds(held.getValue(), index)
        ? held.getValue().proposal().slot()
        : journal.slotOfIndex(index);
  }

  @Override
  public Subscription follow(Runnable signal, LongSupplier neededFromIndex) {
    Follower follower = new Follower(signal, neededFromIndex);
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  /** Compared by identity, since two may be equal. */
  private static final class Follower {
    private final Runnable signal;
    private final LongSupplier neededFromIndex;

    private Follower(Runnable signal, LongSupplier neededFromIndex) {
      this.signal = signal;
      this.neededFromIndex = neededFromIndex;
    }
  }

  private static final class Reader {
    private final List<Item> items = new ArrayList<>();
    private final int entriesMax;
    private final int bytesMax;
    private long bytes;
    private long next;
    private boolean full;

    private Reader(long from, int entriesMax, int bytesMax) {
      this.next = from;
      this.entriesMax = entriesMax;
      this.bytesMax = bytesMax;
    }

    private int bytesLeft() {
      return (int) Math.max(1, bytesMax - bytes);
    }

    private void take(ChosenSlot slot) {
      if (slot.firstIndex() > next) {
        throw new JournalException("the journal skips index " + next);
      }
      long index = slot.firstIndex() - 1;
      int position = -1;
      Batch batch = slot.proposal().batch();
      long logTimeMillis = Effects.logTimeMillis(slot.effects().array(), batch.logTimeMillis());
      for (Command command : batch.commands()) {
        index++;
        position++;
        if (index < next) {
          continue;
        }
        if (full) {
          return;
        }
        next = index + 1;
        @Nullable Entry entry =
            Effects.isSkipped(slot.effects().array(), position)
                ? null
                : Entry.decode(command.bytes());
        if (entry != null) {
          items.add(
              new Item(
                  index, slot.proposal().slot(), logTimeMillis, entry, position, slot.effects()));
          bytes += command.size();
          full = items.size() >= entriesMax || bytes >= bytesMax;
        }
      }
    }
  }
}

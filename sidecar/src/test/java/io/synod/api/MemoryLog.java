package io.synod.api;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.port.JournalException;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.result.Applied;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory, applied to a state machine as it grows. Log time advances by a second per slot.
 * Any thread may call any method.
 */
public final class MemoryLog implements AppliedLog {
  // Above the sequences that tests choose themselves.
  private static final long FIRST_SEQUENCE = 1_000;
  private static final long SEQUENCES_OPEN = 5_000;
  private static final byte[] WITHOUT_EFFECT = {};

  private final Set<Runnable> signals = ConcurrentHashMap.newKeySet();
  private final Set<LongSupplier> readers = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesPaged = new AtomicLong();
  private final AtomicLong sequences = new AtomicLong(FIRST_SEQUENCE);
  private final Machine machine = new Machine();
  private final TreeMap<Long, State> states = new TreeMap<>();
  // Index i is at i - 1; null: a command without effect.
  private final List<@Nullable Item> items = new ArrayList<>();
  private final List<Long> slots = new ArrayList<>();
  private long sleptMillis;
  private long oldest = 1;
  private long oldestState;
  private long trimAt;
  private long trimTo;
  private boolean damaged;

  MemoryLog() {
    states.put(0L, State.EMPTY);
  }

  /**
   * Appends a slot of these entries, each with a sequence of its own, and returns the last of them;
   * null stands for an entry without effect.
   */
  public Item append(List<@Nullable Entry> entries) {
    Item last = null;
    synchronized (this) {
      List<byte[]> commands = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        commands.add(entry == null ? WITHOUT_EFFECT : placed(entry).encode());
      }
      for (Item item : apply(commands).items()) {
        last = item == null ? last : item;
      }
    }
    signals.forEach(Runnable::run);
    if (last == null) {
      throw new IllegalArgumentException("a slot without effect");
    }
    return last;
  }

  public Item append(Entry entry) {
    return append(List.of(entry));
  }

  /** The entry in the session of this node, or sessionless if its kind needs no session. */
  public Entry placed(NewEntry newEntry, int node, long session) {
    long sequence = sequences.incrementAndGet();
    if (newEntry.kind().isSessionless() && newEntry.requestId().isEmpty()) {
      return newEntry.under(node, new Entry.Key(0, sequence), machine.appliedIndex());
    }
    return newEntry.under(
        node, new Entry.Key(session, sequence), Math.max(0, sequence - SEQUENCES_OPEN));
  }

  private Entry placed(Entry entry) {
    NewEntry newEntry =
        new NewEntry(entry.kind(), entry.contentType(), entry.requestId(), entry.payload());
    return placed(newEntry, entry.node(), entry.session());
  }

  /** Applies a slot of this single entry. */
  public Applied apply(Entry entry) {
    Applied applied = apply(List.of(entry.encode())).applied().get(0);
    signals.forEach(Runnable::run);
    return applied;
  }

  private record Appended(List<Applied> applied, List<@Nullable Item> items) {}

  private synchronized Appended apply(List<byte[]> commands) {
    long slot = machine.appliedSlot() + 1;
    SlotResult slotResult = machine.apply(slot, slot * 1_000 + sleptMillis, commands);
    Bytes effects = Bytes.of(slotResult.effects().bytes());
    long millis = machine.logTimeMillis();
    List<@Nullable Item> added = new ArrayList<>();
    for (Applied one : slotResult.applied()) {
      Entry entry = one.result().hasEffect() ? one.entry() : null;
      added.add(
          entry == null
              ? null
              : new Item(one.index(), slot, millis, entry, one.position(), effects));
      slots.add(slot);
    }
    items.addAll(added);
    slotResult.states().forEach(state -> states.put(state.index(), state));
    return new Appended(slotResult.applied(), added);
  }

  public synchronized void noOp() {
    long slot = machine.appliedSlot() + 1;
    machine.apply(slot, slot * 1_000 + sleptMillis, List.of());
  }

  /** Advances log time. */
  public synchronized void sleep(long millis) {
    sleptMillis += millis;
  }

  /** Log time of the last applied entry. */
  synchronized long logTimeMillis() {
    return machine.logTimeMillis();
  }

  State state() {
    return machine.state();
  }

  synchronized @Nullable State stateAt(long index) {
    return index < oldestState ? null : states.get(index);
  }

  /** Drops the states below this index. */
  public synchronized void forgetStates(long below) {
    oldestState = Math.max(oldestState, below);
  }

  synchronized long oldestState() {
    return oldestState;
  }

  /** The state just after this index, for comparison with what clients received. */
  public synchronized State truth(long index) {
    return Objects.requireNonNull(states.get(index));
  }

  public synchronized void trim(long newOldest) {
    oldest = newOldest;
  }

  /** Trims the log while this index is read, as another thread might. */
  public synchronized void trimWhenRead(long index, long newOldest) {
    trimAt = index;
    trimTo = newOldest;
  }

  public synchronized void damage() {
    damaged = true;
  }

  long slot() {
    return machine.appliedSlot();
  }

  synchronized long slotOfIndex(long index) {
    return index > slots.size() ? slot() + 1 : slots.get((int) index - 1);
  }

  /** The indexes of all entries that had an effect. */
  public synchronized List<Long> indexes() {
    List<Long> indexes = new ArrayList<>();
    for (Item item : items) {
      if (item != null) {
        indexes.add(item.index());
      }
    }
    return indexes;
  }

  /** How many bytes of payload were read. */
  public long bytesPaged() {
    return bytesPaged.get();
  }

  public int subscriptions() {
    return signals.size();
  }

  @Override
  public synchronized Page page(long from, int entriesMax, int bytesMax) {
    if (from == trimAt) {
      oldest = trimTo;
    }
    if (damaged || from < oldest) {
      throw new JournalException("tail-7: record at offset 4096 is damaged");
    }
    List<Item> page = new ArrayList<>();
    long bytes = 0;
    long next = from;
    while (next <= items.size() && page.size() < entriesMax && bytes <= bytesMax) {
      Item item = items.get((int) next - 1);
      if (item != null) {
        page.add(item);
        bytes += item.entry().payload().bytes().length;
      }
      next++;
    }
    bytesPaged.addAndGet(bytes);
    return new Page(page, next);
  }

  @Override
  public synchronized long appliedIndex() {
    return items.size();
  }

  @Override
  public long chosenIndex() {
    return appliedIndex();
  }

  @Override
  public synchronized long oldestIndex() {
    return oldest;
  }

  @Override
  public Subscription follow(Runnable signal, LongSupplier neededFromIndex) {
    signals.add(signal);
    readers.add(neededFromIndex);
    return () -> {
      signals.remove(signal);
      readers.remove(neededFromIndex);
    };
  }

  /** The first index that a reader still wants; {@code Long.MAX_VALUE} if none does. */
  public long neededFromIndex() {
    return readers.stream().mapToLong(LongSupplier::getAsLong).min().orElse(Long.MAX_VALUE);
  }

  /** Waits until readers want no more than the log from this index on. */
  public void awaitNeededFrom(long index) {
    while (neededFromIndex() != index) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}

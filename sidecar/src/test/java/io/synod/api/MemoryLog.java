package io.synod.api;

import io.synod.runtime.Feed;
import io.synod.runtime.JournalException;
import io.synod.state.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An ordered log in memory. Any thread may call any method. */
final class MemoryLog implements Feed {
  private final Set<Runnable> signals = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesPaged = new AtomicLong();
  // Index i is at i - 1; null: a command without effect.
  private final List<@Nullable Item> items = new ArrayList<>();
  private final List<Long> slots = new ArrayList<>();
  private long slot;
  private long oldest = 1;
  private boolean damaged;

  /** Appends a slot of these entries, and returns the last of them; null is one without effect. */
  Item append(List<@Nullable Entry> entries) {
    Item last = null;
    synchronized (this) {
      slot++;
      for (Entry entry : entries) {
        Item item = entry == null ? null : new Item(items.size() + 1, slot, slot * 1_000, entry);
        items.add(item);
        slots.add(slot);
        last = item == null ? last : item;
      }
    }
    signals.forEach(Runnable::run);
    if (last == null) {
      throw new IllegalArgumentException("a slot without effect");
    }
    return last;
  }

  Item append(Entry entry) {
    return append(List.of(entry));
  }

  synchronized void noOp() {
    slot++;
  }

  synchronized void trim(long newOldest) {
    oldest = newOldest;
  }

  synchronized void damage() {
    damaged = true;
  }

  synchronized long slot() {
    return slot;
  }

  synchronized long slotOfIndex(long index) {
    return index > slots.size() ? slot + 1 : slots.get((int) index - 1);
  }

  /** The indexes of all entries that had an effect. */
  synchronized List<Long> indexes() {
    List<Long> indexes = new ArrayList<>();
    for (Item item : items) {
      if (item != null) {
        indexes.add(item.index());
      }
    }
    return indexes;
  }

  /** Bytes of payload that were read by anybody. */
  long bytesPaged() {
    return bytesPaged.get();
  }

  int subscriptions() {
    return signals.size();
  }

  @Override
  public synchronized Page page(long from, int entriesMax, int bytesMax) {
    if (damaged) {
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
  public Subscription onAdvance(Runnable signal) {
    signals.add(signal);
    return () -> signals.remove(signal);
  }
}

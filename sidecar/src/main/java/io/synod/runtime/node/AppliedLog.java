package io.synod.runtime.node;

import io.synod.paxos.value.Bytes;
import io.synod.state.command.Entry;
import io.synod.state.result.Change;
import io.synod.state.result.Effects;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The applied log, for reading and watching. A watcher is an index into it and costs nothing while
 * it waits. Any thread may call any method; {@link #page} may read the disk and so may block.
 */
public interface AppliedLog {

  /**
   * The entries with index {@code from} and above that are applied here, in order; entries without
   * effect are left out.
   *
   * @param from the first requested index, from 1
   * @param bytesMax the page is cut once its payloads exceed this; it holds at least one entry if
   *     there is one
   * @throws CompactedException if {@code from} was trimmed
   * @throws JournalException if they cannot be read from the disk
   */
  Page page(long from, int entriesMax, int bytesMax);

  /** The index of the last applied command. */
  long appliedIndex();

  /** The highest index that any node reported to this one as chosen; not below the applied one. */
  long chosenIndex();

  /** The first index that can still be read. */
  long oldestIndex();

  /**
   * Calls {@code signal} whenever more has been applied, until the returned handle is closed. It
   * runs on a thread of the node, so it must not block.
   */
  default Subscription onAdvance(Runnable signal) {
    return follow(signal, () -> Long.MAX_VALUE);
  }

  /**
   * As {@link #onAdvance}, for a reader that continues: until the handle is closed the log is kept
   * from an index on, within the size limit of the log.
   *
   * @param neededFromIndex the first index that is still to be read; {@code Long.MAX_VALUE} if none
   *     is. Any thread may call it
   */
  Subscription follow(Runnable signal, LongSupplier neededFromIndex);

  /**
   * Part of the log.
   *
   * @param entries in index order
   * @param next where the next page begins: all relevant entries below it are in {@code entries} or
   *     earlier
   */
  record Page(List<Item> entries, long next) {}

  /**
   * An applied entry.
   *
   * @param position its position in its slot, from 0
   * @param effects the effects of applying the slot
   */
  record Item(long index, long slot, long logTimeMillis, Entry entry, int position, Bytes effects) {

    /** An entry that changed no pair. */
    public Item(long index, long slot, long logTimeMillis, Entry entry) {
      this(index, slot, logTimeMillis, entry, 0, Bytes.EMPTY);
    }

    /** The pairs that it changed, in order. */
    public List<Change> changes() {
      return effects.isEmpty()
          ? List.of()
          : Effects.changes(effects.array(), position, index, entry);
    }
  }

  /** Ends a subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}

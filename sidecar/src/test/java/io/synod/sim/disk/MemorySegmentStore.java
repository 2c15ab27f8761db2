package io.synod.sim.disk;

import io.synod.paxos.value.Vote;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Retention;
import io.synod.storage.disk.NoSpaceException;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.sealed.StreamStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A store of sealed slots in memory. A seal is durable at once, and is lost only with the disk. */
public final class MemorySegmentStore implements SegmentStore {
  /** The group of snapshots of the replicated state. */
  public static final String SNAPSHOTS = "snapshot";

  private final Consumer<MemorySegmentStore> changed;
  private MemoryStreamStore streamStore;
  // The segments, each of which is sealed and removed as a whole.
  private final List<List<Sealed>> pieces = new ArrayList<>();
  private Span span = new Span(1, 1, 0, 0);
  private int seals;
  private boolean full;
  private boolean pending;

  /** Creates an empty archive. */
  public MemorySegmentStore() {
    this(archive -> {});
  }

  /** Creates an empty archive with a listener for its changes. */
  public MemorySegmentStore(Consumer<MemorySegmentStore> changed) {
    this.changed = changed;
    this.streamStore = new MemoryStreamStore(() -> changed.accept(this));
  }

  /** Sets whether further seals do not fit. */
  public void full(boolean now) {
    full = now;
  }

  /** Whether a seal of this process was refused, and none has succeeded since. */
  public boolean isOwed() {
    return pending;
  }

  /** Forgets the refused seals of the process that ended. */
  public void processEnds() {
    pending = false;
  }

  /** How many seals succeeded. */
  public int seals() {
    return seals;
  }

  /** Loses everything. */
  public void wipe() {
    pieces.clear();
    span = new Span(1, 1, 0, 0);
    streamStore.wipe();
  }

  /** An independent copy without a listener. */
  public MemorySegmentStore copy() {
    MemorySegmentStore copy = new MemorySegmentStore();
    copy.pieces.addAll(pieces);
    copy.span = span;
    copy.streamStore = streamStore.copy();
    return copy;
  }

  @Override
  public Span span() {
    return span;
  }

  @Override
  public void seal(List<Sealed> slots) throws NoSpaceException {
    pending = full;
    if (full) {
      throw new NoSpaceException("memory/archive: no space left");
    }
    List<Sealed> piece = new ArrayList<>();
    long through = span.through();
    long commands = span.commands();
    for (Sealed slot : slots) {
      if (slot.slot().proposal().slot() != through + 1) {
        throw new IllegalStateException("sealed out of order: " + slot.slot().proposal().slot());
      }
      if (slot.slot().firstIndex() != commands + 1) {
        throw new IllegalStateException("sealed with a wrong index: " + slot.slot().firstIndex());
      }
      piece.add(slot);
      through++;
      commands += slot.slot().proposal().batch().count();
    }
    pieces.add(piece);
    span = new Span(span.first(), span.firstIndex(), through, commands);
    seals++;
    changed.accept(this);
  }

  /** Replaces the sealed value of a slot without leaving a trace. */
  public void alter(long slot, UnaryOperator<ChosenSlot> change) {
    for (List<Sealed> piece : pieces) {
      piece.replaceAll(
          held ->
              held.slot().proposal().slot() == slot
                  ? new Sealed(change.apply(held.slot()), held.votes())
                  : held);
    }
  }

  private Sealed at(long slot) {
    long first = span.first();
    for (List<Sealed> piece : pieces) {
      if (slot < first + piece.size()) {
        return piece.get((int) (slot - first));
      }
      first += piece.size();
    }
    throw new IllegalStateException("slot " + slot + " is not sealed");
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    List<ChosenSlot> page = new ArrayList<>();
    long bytes = 0;
    long last = Math.min(through, through());
    for (long slot = from; slot >= span.first() && slot <= last; slot++) {
      ChosenSlot held = at(slot).slot();
      bytes += held.proposal().batch().size();
      if (!page.isEmpty() && bytes > bytesMax) {
        break;
      }
      page.add(held);
    }
    return page;
  }

  @Override
  public List<Vote> votes(long slot) {
    return slot < span.first() || slot > through() ? List.of() : at(slot).votes();
  }

  @Override
  public long slotOfIndex(long index) {
    long low = span.first();
    long high = through();
    while (low <= high) {
      long middle = (low + high) >>> 1;
      ChosenSlot slot = at(middle).slot();
      if (index < slot.firstIndex()) {
        high = middle - 1;
      } else if (index >= slot.firstIndex() + slot.proposal().batch().count()) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return low <= through() ? low : 0;
  }

  @Override
  public void trim(long belowSlot, Retention keep) {
    List<Piece> judged = new ArrayList<>();
    for (List<Sealed> piece : pieces) {
      ChosenSlot last = piece.get(piece.size() - 1).slot();
      long nextIndex = last.firstIndex() + last.proposal().batch().count();
      judged.add(new Piece(last.proposal().slot(), nextIndex, bytes(piece)));
    }
    int removed = SegmentStore.removable(judged, belowSlot, keep);
    for (int i = 0; i < removed; i++) {
      pieces.remove(0);
      Piece gone = judged.get(i);
      span = new Span(gone.last() + 1, gone.nextIndex(), span.through(), span.commands());
      changed.accept(this);
    }
  }

  @Override
  public Runnable restart(long slot, long commands) {
    pending = false;
    pieces.clear();
    span = new Span(slot + 1, commands + 1, slot, commands);
    changed.accept(this);
    return () -> {};
  }

  @Override
  public MemoryStreamStore streams() {
    return streamStore;
  }

  /** The slot of the newest sealed snapshot; 0 if there is none. */
  public long snapshot() {
    List<StreamStore.Label> labels = streamStore.labels(SNAPSHOTS);
    return labels.isEmpty() ? 0 : labels.get(labels.size() - 1).number();
  }

  private static long bytes(List<Sealed> piece) {
    long bytes = 0;
    for (Sealed sealed : piece) {
      bytes += 64L + sealed.slot().proposal().batch().size();
    }
    return bytes;
  }

  @Override
  public long bytes() {
    return pieces.stream().mapToLong(MemorySegmentStore::bytes).sum() + streamStore.bytes();
  }

  @Override
  public void close() {
    // The store outlives the process.
  }
}

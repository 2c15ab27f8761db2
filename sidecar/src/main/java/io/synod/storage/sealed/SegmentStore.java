package io.synod.storage.sealed;

import io.synod.paxos.value.Vote;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Retention;
import io.synod.storage.disk.NoSpaceException;
import java.util.List;

/**
 * The archive: chosen and applied slots in sealed, immutable segments, and streams besides. {@link
 * #seal} is called by one thread at a time, and not during {@link #restart}; the other methods by
 * any thread.
 */
public interface SegmentStore extends AutoCloseable {

  /** The range of the sealed slots. */
  Span span();

  /** The last sealed slot; 0 if none was ever sealed. */
  default long through() {
    return span().through();
  }

  /** How many commands the slots up to {@link #through} hold. */
  default long commands() {
    return span().commands();
  }

  /**
   * Seals the slots after {@link #through}; they are durable, read back and verified once this
   * returns.
   *
   * @param slots may read each slot from the disk: iterate once, and keep little of it
   * @throws NoSpaceException if there is no space for them; then nothing of them is left
   */
  void seal(List<Sealed> slots) throws NoSpaceException;

  /** As {@link io.synod.runtime.port.Journal#read}, for sealed slots. */
  List<ChosenSlot> read(long from, long through, int bytesMax);

  /** The votes sealed with the slot, oldest first. */
  List<Vote> votes(long slot);

  /** The sealed slot that holds the command with this index, or the next that holds any; or 0. */
  long slotOfIndex(long index);

  /**
   * Removes the oldest segments, only whole ones and never the newest.
   *
   * @param belowSlot no segment with this slot or a later one is removed
   */
  void trim(long belowSlot, Retention keep);

  /**
   * Drops everything; the next sealed slot is the one after {@code slot}, up to which there are
   * {@code commands} commands.
   *
   * @return deletes the dropped files, and may take long
   */
  Runnable restart(long slot, long commands);

  /** The streams. */
  StreamStore streams();

  /** Bytes that it takes on the disk. */
  long bytes();

  @Override
  void close();

  /** A slot with this disk's votes for it. */
  record Sealed(ChosenSlot slot, List<Vote> votes) {}

  /**
   * The range of the sealed slots, and of their commands.
   *
   * @param first the first of them; the one after {@code through} if there is none
   * @param firstIndex the index of the first command in or after it
   */
  record Span(long first, long firstIndex, long through, long commands) {

    /** Whether no slot is sealed. */
    public boolean isEmpty() {
      return first > through;
    }
  }

  /**
   * The properties of a segment for {@link #trim}: its last slot, the first index after it, its
   * length.
   */
  record Piece(long last, long nextIndex, long bytes) {}

  /** How many of these segments, oldest first, {@link #trim} removes. */
  static int removable(List<Piece> pieces, long belowSlot, Retention keep) {
    long all = 0;
    long history = 0;
    for (Piece piece : pieces) {
      all += piece.bytes;
      history += piece.last < belowSlot ? piece.bytes : 0;
    }
    int count = 0;
    while (count < pieces.size() - 1 && pieces.get(count).last < belowSlot) {
      Piece oldest = pieces.get(count);
      boolean needed =
          oldest.nextIndex > keep.neededFromIndex() || history - oldest.bytes < keep.keepBytes();
      if (needed && all <= keep.bytesMax()) {
        break;
      }
      all -= oldest.bytes;
      history -= oldest.bytes;
      count++;
    }
    return count;
  }
}

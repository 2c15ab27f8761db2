package io.synod.storage.sealed;

import io.synod.paxos.value.Vote;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Retention;
import io.synod.storage.disk.NoSpaceException;
import java.util.List;

/**
 * Chosen and applied slots in sealed, immutable pieces, and beside them whole streams. {@link
 * #seal} is called by one thread at a time, and not while {@link #restart} is; the rest by any.
 */
public interface SegmentStore extends AutoCloseable {

  /** What is sealed. */
  Span span();

  /** The last sealed slot; 0 when nothing was ever. */
  default long through() {
    return span().through();
  }

  /** How many commands the slots up to {@link #through} hold. */
  default long commands() {
    return span().commands();
  }

  /**
   * Seals the slots that follow {@link #through}; durable, read back and verified once this
   * returns.
   *
   * @param slots may read the disk for each slot anew: go through it once, and keep little of it
   * @throws NoSpaceException if there is no room for them; then nothing of them is left
   */
  void seal(List<Sealed> slots) throws NoSpaceException;

  /** As {@link io.synod.runtime.Journal#read}, for sealed slots. */
  List<ChosenSlot> read(long from, long through, int bytesMax);

  /** The votes sealed with the slot, oldest first. */
  List<Vote> votes(long slot);

  /** The sealed slot that holds the command with this index, or the next that holds any; or 0. */
  long slotOfIndex(long index);

  /**
   * Removes the oldest pieces, whole ones only and never the newest.
   *
   * @param belowSlot none that holds this slot or a later one
   */
  void trim(long belowSlot, Retention keep);

  /**
   * Forgets everything; what is sealed next follows {@code slot}, up to which there are so many
   * commands.
   *
   * @return removes what was forgotten, and may take long
   */
  Runnable restart(long slot, long commands);

  /** The streams. */
  StreamStore streams();

  /** Bytes that it takes on the disk. */
  long bytes();

  @Override
  void close();

  /** A slot and what this disk knows of how it was decided. */
  record Sealed(ChosenSlot slot, List<Vote> votes) {}

  /**
   * Which slots are sealed, and which commands they hold.
   *
   * @param first the first of them; that after {@code through} if there is none
   * @param firstIndex the index of the first command in or after it
   */
  record Span(long first, long firstIndex, long through, long commands) {

    /** Whether no slot is sealed. */
    public boolean isEmpty() {
      return first > through;
    }
  }

  /** A piece, as {@link #trim} judges it: its last slot, the first index after it, its length. */
  record Piece(long last, long nextIndex, long bytes) {}

  /** How many of these pieces, oldest first, {@link #trim} removes. */
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

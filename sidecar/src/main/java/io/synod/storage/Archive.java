package io.synod.storage;

import io.synod.paxos.Vote;
import io.synod.runtime.ChosenSlot;
import java.util.List;

/**
 * Chosen and applied slots in sealed, immutable pieces. {@link #seal} is called by one thread at a
 * time, the rest by any.
 */
public interface Archive extends AutoCloseable {

  /** The last sealed slot; 0 when nothing is. */
  long through();

  /** How many commands the sealed slots hold. */
  long commands();

  /**
   * Seals the slots that follow {@link #through}; durable, read back and verified once this
   * returns.
   *
   * @param slots may read the disk for each slot anew: go through it once, and keep little of it
   */
  void seal(List<Sealed> slots);

  /** As {@link io.synod.runtime.Journal#read}, for sealed slots. */
  List<ChosenSlot> read(long from, long through, int bytesMax);

  /** The votes sealed with the slot, oldest first. */
  List<Vote> votes(long slot);

  /** The sealed slot that holds the command with this index, or the next that holds any; or 0. */
  long slotOfIndex(long index);

  /** Bytes that it takes on the disk. */
  long bytes();

  @Override
  void close();

  /** A slot and what this disk knows of how it was decided. */
  record Sealed(ChosenSlot slot, List<Vote> votes) {}
}

package io.synod.storage.offline;

import io.synod.paxos.value.Proposal;

/**
 * A slot of the log as one disk holds it.
 *
 * @param proposal the value at the highest ballot
 * @param chosen whether the disk records that it is chosen
 * @param applied whether the disk records that it was applied
 * @param firstIndex the index of its first command; 0 unless it was applied
 * @param file the name of the file
 */
public record OfflineSlot(
    Proposal proposal, boolean chosen, boolean applied, long firstIndex, String file) {

  /** Receives slots in order. */
  public interface Visitor {
    /** Returns whether to continue. */
    boolean visit(OfflineSlot slot);
  }
}

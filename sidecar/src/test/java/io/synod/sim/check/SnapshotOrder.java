package io.synod.sim.check;

import io.synod.paxos.Bytes;
import io.synod.runtime.SnapshotMark;
import java.util.HashMap;
import java.util.Map;

/**
 * I16, of snapshots: trimmed is at most the newest durable snapshot, which is at most applied, or
 * was taken by another node of what it had applied. And I6, of their bytes: all snapshots of one
 * slot are the same, whoever took it, and however many hands it went through.
 */
public final class SnapshotOrder implements Judge {
  private final Ghost ghost;
  // What nodes took themselves of what they had applied, by slot.
  private final Map<Long, Bytes> taken = new HashMap<>();

  /** Against the chosen prefix of {@code ghost}. */
  public SnapshotOrder(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void sealed(Seat seat, SnapshotMark mark, Bytes sha256) {
    long slot = mark.slot();
    Bytes known = taken.get(slot);
    boolean applied = slot <= seat.durable().applied();
    if (slot > ghost.prefix() || (known == null && !applied)) {
      throw new Violation(
          "I16",
          "node "
              + seat.node()
              + " has a snapshot of slot "
              + slot
              + ", durably applied is "
              + seat.durable().applied()
              + ", chosen "
              + ghost.prefix());
    }
    if (known != null && !known.equals(sha256)) {
      throw new Violation(
          "I6", "node " + seat.node() + " has another snapshot of slot " + slot + " than others");
    }
    taken.put(slot, sha256);
  }

  @Override
  public void kept(Seat seat, long first, long snapshot) {
    if (first > snapshot + 1) {
      throw new Violation(
          "I16",
          "node "
              + seat.node()
              + " trimmed the log up to slot "
              + (first - 1)
              + ", its newest snapshot is of slot "
              + snapshot);
    }
  }
}

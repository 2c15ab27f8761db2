package io.synod.sim.check.core;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Formation;
import io.synod.runtime.port.SnapshotMark;
import io.synod.sim.check.Arithmetic;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * I16, of snapshots: trimmed is at most the newest durable snapshot, which is at most applied, or
 * was taken by another node of what it had applied. And I6, of their bytes: all snapshots of one
 * slot are the same, whoever took it, and however many hands it went through. A quorum of voters
 * has applied what is in a snapshot: what one node alone has may be wrong, and would be given on.
 */
public final class SnapshotOrder implements Checker {
  private final ChosenLog chosenLog;
  // What nodes took themselves of what they had applied, by slot.
  private final Map<Long, Bytes> taken = new HashMap<>();
  // How far each voter has come in any of its processes.
  private final Map<Integer, Long> applied = new HashMap<>();

  /** Against the chosen prefix of {@code ghost}. */
  public SnapshotOrder(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void sealed(ObservedNode observedNode, SnapshotMark mark, Bytes sha256) {
    long slot = mark.slot();
    Bytes known = taken.get(slot);
    boolean own = slot <= observedNode.durable().applied();
    if (slot > chosenLog.prefix() || (known == null && !own)) {
      throw new Violation(
          "I16",
          "node "
              + observedNode.node()
              + " has a snapshot of slot "
              + slot
              + ", durably applied is "
              + observedNode.durable().applied()
              + ", chosen "
              + chosenLog.prefix());
    }
    if (own) {
      // It may have applied it in this turn.
      advance(observedNode, slot);
    }
    if (!isAppliedByQuorum(slot)) {
      throw new Violation(
          "I16",
          "node "
              + observedNode.node()
              + " has a snapshot of slot "
              + slot
              + ", which no quorum has applied: "
              + applied);
    }
    if (known != null && !known.equals(sha256)) {
      throw new Violation(
          "I6",
          "node " + observedNode.node() + " has another snapshot of slot " + slot + " than others");
    }
    taken.put(slot, sha256);
  }

  private boolean isAppliedByQuorum(long slot) {
    Formation formed = chosenLog.formation();
    long voters = applied.values().stream().filter(through -> through >= slot).count();
    return formed != null && Arithmetic.isQuorum((int) voters, formed);
  }

  @Override
  public void cycled(ObservedNode observedNode) {
    advance(observedNode, observedNode.appliedSlot());
  }

  private void advance(ObservedNode observedNode, long slot) {
    Formation formed = chosenLog.formation();
    if (formed != null
        && Arithmetic.isVoter(formed, observedNode.node(), observedNode.incarnation())) {
      applied.merge(observedNode.node(), slot, Math::max);
    }
  }

  @Override
  public void kept(ObservedNode observedNode, long first, long snapshot) {
    if (first > snapshot + 1) {
      throw new Violation(
          "I16",
          "node "
              + observedNode.node()
              + " trimmed the log up to slot "
              + (first - 1)
              + ", its newest snapshot is of slot "
              + snapshot);
    }
  }
}

package io.synod.sim.check.core;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.SnapshotMark;
import io.synod.sim.check.Arithmetic;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks I16 and I6 for snapshots. The log is trimmed at most up to the newest durable snapshot. A
 * snapshot is of a slot that its node has durably applied, or was taken by another node. All
 * snapshots of one slot have the same bytes. A quorum of voters has applied the slot, so that the
 * wrong state of a single node is not spread.
 */
public final class SnapshotOrder implements Checker {
  private final ChosenLog chosenLog;
  // The digest of the snapshot of each slot.
  private final Map<Long, Bytes> taken = new HashMap<>();
  // The last slot that each member has applied in any of its processes.
  private final Map<Member, Long> applied = new HashMap<>();

  /** Creates a checker against the chosen prefix. */
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
      // The node may have applied the slot in this turn.
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
    Set<Member> having = new TreeSet<>();
    applied.forEach(
        (member, through) -> {
          if (through >= slot) {
            having.add(member);
          }
        });
    return chosenLog.votersBySlot().from(slot + 1).stream()
        .anyMatch(voters -> Arithmetic.isQuorum(having, voters));
  }

  @Override
  public void cycled(ObservedNode observedNode) {
    advance(observedNode, observedNode.appliedSlot());
  }

  private void advance(ObservedNode observedNode, long slot) {
    applied.merge(observedNode.member(), slot, Math::max);
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

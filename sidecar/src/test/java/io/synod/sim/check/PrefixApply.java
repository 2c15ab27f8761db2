package io.synod.sim.check;

import io.synod.paxos.Write;
import java.util.HashMap;
import java.util.Map;

/**
 * I6: a node has applied exactly the slots from 1 on, without a hole, and at equal places all nodes
 * have equal state. Divergence is the worst failure, for nobody notices it.
 */
public final class PrefixApply implements Judge {
  private final Ghost ghost;
  private final Map<Long, Long> digests = new HashMap<>();
  private final Map<Integer, Long> last = new HashMap<>();

  /** Against the chosen prefix of {@code ghost}. */
  public PrefixApply(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void written(Seat seat, Write write) {
    if (write instanceof Write.Applied applied && applied.through() > ghost.prefix()) {
      throw new Violation(
          "I6",
          "node "
              + seat.node()
              + " applied slot "
              + applied.through()
              + ", the chosen prefix ends at "
              + ghost.prefix());
    }
  }

  @Override
  public void cycled(Seat seat) {
    long slot = seat.appliedSlot();
    Long before = last.put(seat.node(), slot);
    if (slot == 0 || (before != null && before == slot)) {
      return;
    }
    Long digest = digests.putIfAbsent(slot, seat.stateDigest());
    if (digest != null && digest != seat.stateDigest()) {
      throw new Violation("I6", "node " + seat.node() + " differs after slot " + slot);
    }
  }
}

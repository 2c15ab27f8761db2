package io.synod.sim.check;

import io.synod.paxos.Recovered;
import io.synod.paxos.Write;
import java.util.HashMap;
import java.util.Map;

/**
 * I16: archived is at most applied is at most chosen, and each only grows. What is archived before
 * it is chosen, or trimmed before it is archived, cannot be taken back.
 */
public final class LogOrder implements Judge {
  private final Ghost ghost;
  private final Map<Integer, Long> applied = new HashMap<>();

  /** Against the chosen prefix of {@code ghost}. */
  public LogOrder(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void began(Seat seat, Recovered found) {
    if (found.archivedThrough() > found.chosenThrough()) {
      throw new Violation(
          "I16",
          "node "
              + seat.node()
              + " archived "
              + found.archivedThrough()
              + " and knows slots chosen to "
              + found.chosenThrough());
    }
    if (found.chosenThrough() > ghost.prefix()) {
      throw new Violation(
          "I16",
          "node "
              + seat.node()
              + " recovered slots chosen to "
              + found.chosenThrough()
              + ", the prefix ends at "
              + ghost.prefix());
    }
    applied.put(seat.node(), 0L);
  }

  @Override
  public void written(Seat seat, Write write) {
    if (write instanceof Write.Applied through) {
      Long before = applied.put(seat.node(), through.through());
      if (before != null && before > through.through()) {
        throw new Violation(
            "I16", "node " + seat.node() + " applied " + through.through() + " after " + before);
      }
    }
  }

  @Override
  public void cycled(Seat seat) {
    if (seat.sealedThrough() > seat.durable().applied()) {
      throw new Violation(
          "I16",
          "node "
              + seat.node()
              + " archived slot "
              + seat.sealedThrough()
              + ", durably applied is "
              + seat.durable().applied());
    }
  }
}

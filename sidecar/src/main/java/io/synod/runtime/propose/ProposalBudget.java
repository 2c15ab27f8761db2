package io.synod.runtime.propose;

import io.synod.paxos.Check;
import io.synod.paxos.Command;

/** How many commands wait, and how many may. Whoever holds it guards it. */
final class ProposalBudget {
  private final int countMax;
  private final long bytesMax;
  private int count;
  private long bytes;

  ProposalBudget(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  /** How many wait. */
  int count() {
    return count;
  }

  /** Whether there is room for one more. */
  boolean fits(Command command) {
    return count < countMax && bytes + command.size() <= bytesMax;
  }

  void enter(Command command) {
    count++;
    bytes += command.size();
  }

  void leave(Command command) {
    count--;
    bytes -= command.size();
    Check.that(count == 0 ? bytes == 0 : bytes > 0, "room is given back once", count, bytes);
  }
}

package io.synod.runtime.propose;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Command;
import io.synod.runtime.port.CallerLimits;
import java.util.EnumMap;
import java.util.Map;

/**
 * The number and bytes of waiting commands, and their limits. The object that holds it guards it.
 */
public final class ProposalBudget {
  public static final int DUTIES_MAX = 4_096;

  private static final int FREEING_MAX = 1_024;
  private static final long DUTY_BYTES_MAX = 16L << 20;
  private static final long FREEING_BYTES_MAX = 1L << 20;

  private final int countMax;
  private final long bytesMax;
  private int count;
  private long bytes;

  ProposalBudget(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  /** A budget for each kind: callers have the configured one, the others a separate one. */
  static Map<ProposalKind, ProposalBudget> of(CallerLimits callerLimits) {
    Map<ProposalKind, ProposalBudget> budgets = new EnumMap<>(ProposalKind.class);
    budgets.put(
        ProposalKind.CALLER,
        new ProposalBudget(callerLimits.pendingMax(), callerLimits.pendingBytesMax()));
    budgets.put(ProposalKind.FREEING, new ProposalBudget(FREEING_MAX, FREEING_BYTES_MAX));
    budgets.put(ProposalKind.DUTY, new ProposalBudget(DUTIES_MAX, DUTY_BYTES_MAX));
    return budgets;
  }

  /** How many wait. */
  int count() {
    return count;
  }

  /** Whether one more fits. */
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
    Check.that(count == 0 ? bytes == 0 : bytes > 0, "budget is returned once", count, bytes);
  }
}

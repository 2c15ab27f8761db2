package io.synod.sim.check.client;

import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * I11: what a caller was told surely did not happen is in no log. Every gRPC client retries such an
 * answer, so one that is not true doubles a command.
 */
public final class HonestOutcome {
  private final Set<Long> refused = new HashSet<>();
  private final Map<Long, Integer> uncertain = new HashMap<>();

  /** One attempt ended with an answer that leaves open whether it happened, or none. */
  public void uncertain(long operation) {
    uncertain.merge(operation, 1, Integer::sum);
  }

  /** All that was heard of {@code operation} is that it surely did not happen. */
  public void refused(long operation) {
    if (!uncertain.containsKey(operation)) {
      refused.add(operation);
    }
  }

  /** The operation is tried once more: what was said of earlier attempts is settled. */
  public void again(long operation) {
    refused.remove(operation);
  }

  /** Held against everything that took effect. */
  public void judge(AtMostOnce effects) {
    for (long operation : refused) {
      if (effects.effectOf(operation) != 0) {
        throw new Violation(
            "I11",
            "operation "
                + operation
                + " was refused as surely not executed, and took"
                + " effect at "
                + effects.effectOf(operation));
      }
    }
  }
}

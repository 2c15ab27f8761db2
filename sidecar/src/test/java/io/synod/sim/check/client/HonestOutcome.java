package io.synod.sim.check.client;

import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks I11: a command that was reported as surely not executed is not in the log. gRPC clients
 * retry such a command, so a false report would execute it twice.
 */
public final class HonestOutcome {
  private final Set<Long> refused = new HashSet<>();
  private final Map<Long, Integer> uncertain = new HashMap<>();

  /** An attempt got no answer, or one that leaves open whether the operation took effect. */
  public void uncertain(long operation) {
    uncertain.merge(operation, 1, Integer::sum);
  }

  /** The caller was told that {@code operation} surely did not take effect. */
  public void refused(long operation) {
    if (!uncertain.containsKey(operation)) {
      refused.add(operation);
    }
  }

  /** The operation is tried once more, so that the refusal of an earlier attempt is void. */
  public void again(long operation) {
    refused.remove(operation);
  }

  /** Compares the refused operations with those that took effect. */
  public void checker(AtMostOnce effects) {
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

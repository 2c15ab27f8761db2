package io.synod.sim.check.client;

import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks I9: a command takes effect at most once, however often and at whichever nodes it is
 * repeated, and every repetition gets the same answer.
 */
public final class AtMostOnce {
  private final Set<Long> repeatable = new HashSet<>();
  private final Map<Long, Long> answers = new HashMap<>();
  private final Map<Long, Long> effects = new HashMap<>();

  /** A caller was answered that {@code operation} took effect at this index. */
  public void answered(long operation, long index) {
    Long before = answers.putIfAbsent(operation, index);
    if (before != null && before != index && !repeatable.contains(operation)) {
      throw new Violation("I9", "an operation was told index " + before + " and then " + index);
    }
    agree(operation);
  }

  /** A watcher saw {@code operation} take effect at this index. */
  public void seen(long operation, long index) {
    Long before = effects.putIfAbsent(operation, index);
    if (before != null && before != index && !repeatable.contains(operation)) {
      throw new Violation("I9", "an operation took effect at " + before + " and at " + index);
    }
    agree(operation);
  }

  /**
   * The index at which {@code operation} took effect, as far as a watcher has seen it; 0 if none.
   */
  public long effectOf(long operation) {
    return effects.getOrDefault(operation, 0L);
  }

  /** The operation was repeated after its request id was forgotten, so it may take effect again. */
  public void mayRepeat(long operation) {
    repeatable.add(operation);
  }

  private void agree(long operation) {
    if (repeatable.contains(operation)) {
      return;
    }
    Long answer = answers.get(operation);
    Long effect = effects.get(operation);
    if (answer != null && effect != null && !answer.equals(effect)) {
      throw new Violation(
          "I9", "an operation took effect at " + effect + ", its caller was told " + answer);
    }
  }
}

package io.synod.sim.check.client;

import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * I9: what a caller proposes takes effect at most once, however often it is repeated and wherever,
 * and every repetition gets the same answer.
 */
public final class AtMostOnce {
  private final Set<Long> repeatable = new HashSet<>();
  private final Map<Long, Long> answers = new HashMap<>();
  private final Map<Long, Long> effects = new HashMap<>();

  /** The caller of {@code operation} was told this index. */
  public void answered(long operation, long index) {
    Long before = answers.putIfAbsent(operation, index);
    if (before != null && before != index && !repeatable.contains(operation)) {
      throw new Violation("I9", "an operation was told index " + before + " and then " + index);
    }
    agree(operation);
  }

  /** Some watcher saw {@code operation} take effect at this index. */
  public void seen(long operation, long index) {
    Long before = effects.putIfAbsent(operation, index);
    if (before != null && before != index && !repeatable.contains(operation)) {
      throw new Violation("I9", "an operation took effect at " + before + " and at " + index);
    }
    agree(operation);
  }

  /** Where {@code operation} took effect, as far as any watcher saw; 0 if nowhere. */
  public long effectOf(long operation) {
    return effects.getOrDefault(operation, 0L);
  }

  /** It was asked for again when its name was forgotten, and so may take effect again. */
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

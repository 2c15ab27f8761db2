package io.synod.storage.offline;

import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.Damage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The faults that were found in a directory: one line each, in the order in which they came up. */
public final class Faults {
  private final Set<String> lines = new LinkedHashSet<>();
  // Those that a start repairs.
  private final Set<String> repaired = new LinkedHashSet<>();
  private boolean tailDamaged;

  Faults() {}

  /** Adds a fault; one that is known is not added again. */
  public void add(JournalException fault) {
    lines.add(Damage.withoutRemedy(fault));
  }

  /** Adds a fault. */
  public void add(String line) {
    lines.add(line);
  }

  /** Adds a fault of the tail. */
  void addOfTail(JournalException fault) {
    tailDamaged = true;
    add(fault);
  }

  /** Adds a fault that a start repairs. */
  void addRepaired(String line) {
    repaired.add(line);
    add(line);
  }

  /** Runs a check that only means something if nothing is damaged. */
  void addUnlessDamaged(Runnable check) {
    if (lines.isEmpty()) {
      try {
        check.run();
      } catch (JournalException e) {
        add(e);
      }
    }
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Whether a start would refuse the directory because of a fault. */
  public boolean preventStart() {
    return !repaired.containsAll(lines);
  }

  /** Whether votes may be missing. */
  public boolean hideVotes() {
    return tailDamaged;
  }

  public List<String> lines() {
    return new ArrayList<>(lines);
  }
}

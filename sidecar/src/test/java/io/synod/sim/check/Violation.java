package io.synod.sim.check;

/** Thrown when an invariant does not hold. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String invariant;

  /**
   * Creates a violation of an invariant, by its number in the test page, with what was observed.
   */
  public Violation(String invariant, String seen) {
    super(invariant + ": " + seen);
    this.invariant = invariant;
  }

  /** An exception that ended a node and that no injected fault explains. */
  public static Violation unexpected(int node, RuntimeException broken) {
    Violation violation = new Violation("CHECK", "node " + node + " ended with " + broken);
    violation.initCause(broken);
    return violation;
  }

  /** The number of the invariant. */
  public String invariant() {
    return invariant;
  }
}

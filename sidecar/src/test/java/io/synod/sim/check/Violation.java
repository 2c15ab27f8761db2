package io.synod.sim.check;

/** An invariant does not hold. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String invariant;

  /** Of {@code invariant}, by its number in the list, with what was seen. */
  public Violation(String invariant, String seen) {
    super(invariant + ": " + seen);
    this.invariant = invariant;
  }

  /** Of what no fault explains: a node ended by this exception. */
  public static Violation unexpected(int node, RuntimeException broken) {
    Violation violation = new Violation("CHECK", "node " + node + " broke off: " + broken);
    violation.initCause(broken);
    return violation;
  }

  /** Its number. */
  public String invariant() {
    return invariant;
  }
}

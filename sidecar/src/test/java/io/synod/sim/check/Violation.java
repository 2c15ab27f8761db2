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

  /** Its number. */
  public String invariant() {
    return invariant;
  }
}

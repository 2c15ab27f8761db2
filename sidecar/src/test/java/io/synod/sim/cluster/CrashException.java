package io.synod.sim.cluster;

/** The process ends here and now. Thrown through the cycle by a port. */
final class CrashException extends Error {
  private static final long serialVersionUID = 1L;

  private final String where;

  CrashException(String where) {
    super(where, null, false, false);
    this.where = where;
  }

  /** The effect that did not happen any more. */
  String where() {
    return where;
  }
}

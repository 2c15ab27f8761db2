package io.synod.sim.cluster;

/** Thrown by a port through the cycle when the process crashes at an effect. */
final class CrashException extends Error {
  private static final long serialVersionUID = 1L;

  private final String where;

  CrashException(String where) {
    super(where, null, false, false);
    this.where = where;
  }

  /** The effect before which the process crashed. */
  String where() {
    return where;
  }
}

package io.synod.state.command;

/** The owner of a session. The numbers are stored on disks: they never change. */
public enum SessionKind {
  /** A caller opened it. */
  CALLER(0),
  /** A sidecar uses it for commands that callers propose without a session. */
  OWN(1),
  /** A sidecar uses it for its own background commands. */
  OWN_DUTIES(2);

  private final int number;

  SessionKind(int number) {
    this.number = number;
  }

  /** The number in commands and snapshots. */
  public int number() {
    return number;
  }

  /** The highest number. */
  public static int numberMax() {
    return OWN_DUTIES.number;
  }

  public static SessionKind of(int number) {
    return number == OWN.number ? OWN : number == OWN_DUTIES.number ? OWN_DUTIES : CALLER;
  }
}

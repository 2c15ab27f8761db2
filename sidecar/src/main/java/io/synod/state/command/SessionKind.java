package io.synod.state.command;

/** Whose session it is. The numbers are on disks: they are never changed. */
public enum SessionKind {
  /** A caller opened it. */
  CALLER(0),
  /** A sidecar proposes under it what callers give it without a session. */
  OWN(1),
  /** A sidecar proposes under it what it has to do of its own accord. */
  OWN_DUTIES(2);

  private final int number;

  SessionKind(int number) {
    this.number = number;
  }

  /** The number in a command and in a snapshot. */
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

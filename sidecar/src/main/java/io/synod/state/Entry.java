package io.synod.state;

/**
 * One command of the log as the replicated state reads it.
 *
 * @param kind what it asks for
 * @param node the node that proposed it
 * @param session the session it belongs to; 0 for {@link Kind#OPEN_SESSION}
 * @param sequence its number in the session, from 1; for {@link Kind#OPEN_SESSION} any number by
 *     which the proposer knows its own
 * @param ackedBelow answers to sequences below this were received and may be forgotten
 * @param contentType the caller's label for the payload, or the display name of a session
 * @param payload the caller's bytes; shared, never changed
 */
public record Entry(
    Kind kind,
    int node,
    long session,
    long sequence,
    long ackedBelow,
    String contentType,
    Payload payload) {

  /** What an entry asks for. The numbers are on disks: they are never changed. */
  public enum Kind {
    /** An opaque command for the application's own state machine. */
    COMMAND(1),
    /** Opens a session, whose id is the index of this entry. */
    OPEN_SESSION(2),
    /** Closes a session. */
    CLOSE_SESSION(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** The number on the wire and on disk. */
    public int number() {
      return number;
    }
  }
}

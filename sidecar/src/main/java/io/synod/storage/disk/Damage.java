package io.synod.storage.disk;

import io.synod.runtime.port.JournalException;

/** Makes the errors that report a damaged file, with advice for the operator. */
public final class Damage {
  public static final String REMEDY =
      "restart the node, since the file may have been misread; if that does not help, restart its"
          + " machine, whose page cache may be wrong; if that does not help either, give"
          + " the node an empty data directory: it then learns the state from its peers, and votes"
          + " again once the leader has replaced its lost disk";

  private Damage() {}

  /** An error for {@code path}; {@code what} states the damage and where it is. */
  public static JournalException of(String path, String what) {
    return new JournalException(text(path, what));
  }

  /** As {@link #of(String, String)}, with a cause. */
  public static JournalException of(String path, String what, Throwable cause) {
    return new JournalException(text(path, what), cause);
  }

  /** The message of an error without the advice for a node that starts. */
  public static String withoutRemedy(JournalException e) {
    String message = String.valueOf(e.getMessage());
    String remedy = "; " + REMEDY;
    return message.endsWith(remedy)
        ? message.substring(0, message.length() - remedy.length())
        : message;
  }

  private static String text(String path, String what) {
    return path + ": damaged" + what + "; " + REMEDY;
  }
}

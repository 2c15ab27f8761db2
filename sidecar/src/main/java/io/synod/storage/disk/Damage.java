package io.synod.storage.disk;

import io.synod.runtime.port.JournalException;

/** Says that a file is not as it was written, and what to do about it. */
public final class Damage {
  public static final String REMEDY =
      "start the node again, for it may have been misread; if that does not help, restart its"
          + " machine, whose memory of the file may be wrong; if that does not help either, give"
          + " the node an empty data directory: it learns the state from its peers, and does not"
          + " vote any more";

  private Damage() {}

  /** Of {@code path}; {@code what} says what in it is damaged, and where. */
  public static JournalException of(String path, String what) {
    return new JournalException(text(path, what));
  }

  /** As {@link #of(String, String)}, with what raised it. */
  public static JournalException of(String path, String what, Throwable cause) {
    return new JournalException(text(path, what), cause);
  }

  private static String text(String path, String what) {
    return path + ": damaged" + what + "; " + REMEDY;
  }
}

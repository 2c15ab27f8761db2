package io.synod.runtime.port;

/** The disk failed, or what is on it is damaged. The message names file and offset. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the cause, when there is one below. */
  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Without one. */
  public JournalException(String message) {
    super(message);
  }
}

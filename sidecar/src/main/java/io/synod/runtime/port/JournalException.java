package io.synod.runtime.port;

/**
 * Reports that the disk failed, or that its content is damaged. The message names file and offset.
 */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a cause. */
  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Without a cause. */
  public JournalException(String message) {
    super(message);
  }
}

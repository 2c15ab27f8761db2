package io.synod.storage.disk;

/**
 * Reports that the data directory cannot be used as it is: in use, foreign, unreadable, or of
 * another cluster or node. Nothing in it was changed. The message is one line and names the
 * directory.
 */
public final class DirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message. */
  public DirectoryException(String message) {
    super(message);
  }

  /** With a message and a cause. */
  public DirectoryException(String message, Throwable cause) {
    super(message, cause);
  }
}

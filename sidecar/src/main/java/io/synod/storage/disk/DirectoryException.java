package io.synod.storage.disk;

/**
 * The data directory cannot be used as it is: in use, foreign, unreadable, or of another cluster or
 * node. Nothing in it was changed; the message is one line for people and names the directory.
 */
public final class DirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason. */
  public DirectoryException(String message) {
    super(message);
  }

  /** With the reason and what raised it. */
  public DirectoryException(String message, Throwable cause) {
    super(message, cause);
  }
}

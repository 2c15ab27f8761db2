package io.synod.storage;

import java.io.IOException;

/** There is no room for a new file. Nothing that was written before is in doubt. */
public final class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With what there is no room for, and where. */
  public NoSpaceException(String message) {
    super(message);
  }

  /** With what raised it. */
  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}

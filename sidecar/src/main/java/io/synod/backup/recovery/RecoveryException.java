package io.synod.backup.recovery;

import java.io.IOException;

/** A cluster cannot be recovered from the given directories. */
final class RecoveryException extends IOException {
  private static final long serialVersionUID = 1L;

  RecoveryException(String message) {
    super(message);
  }
}

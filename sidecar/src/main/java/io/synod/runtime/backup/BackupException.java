package io.synod.runtime.backup;

import java.io.IOException;

/** A file is no backup, is damaged, or has a format that this version does not read. */
public final class BackupException extends IOException {
  private static final long serialVersionUID = 1L;

  BackupException(String message) {
    super(message);
  }
}

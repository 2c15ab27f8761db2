package io.synod.storage.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reports that there is no space for a new file. Everything written before remains valid. */
public final class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With the file that does not fit. */
  public NoSpaceException(String message) {
    super(message);
  }

  /** With a cause. */
  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Whether {@code e} was raised because {@code directory} has no space for a file of {@code bytes}
   * bytes.
   *
   * @throws IOException if the file system cannot be queried
   */
  public static boolean isMeantBy(Exception e, Path directory, long bytes) throws IOException {
    // Java passes on only the operating system's message, which may be in any language.
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = cause instanceof FileSystemException f ? f.getReason() : cause.getMessage();
      String words = String.valueOf(message).toLowerCase(Locale.ROOT);
      if (words.contains("no space left") || words.contains("quota exceeded")) {
        return true;
      }
    }
    return Files.getFileStore(directory).getUsableSpace() < bytes;
  }
}

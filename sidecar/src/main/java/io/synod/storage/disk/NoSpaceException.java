package io.synod.storage.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

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

  /**
   * Whether {@code e} was raised because {@code directory} has no room for a file of so many bytes.
   *
   * @throws IOException if the file system cannot be asked
   */
  public static boolean isMeantBy(Exception e, Path directory, long bytes) throws IOException {
    // Java passes on the words of the operating system only, which may be in any language.
    for (Throwable told = e; told != null; told = told.getCause()) {
      String said = told instanceof FileSystemException f ? f.getReason() : told.getMessage();
      String words = String.valueOf(said).toLowerCase(Locale.ROOT);
      if (words.contains("no space left") || words.contains("quota exceeded")) {
        return true;
      }
    }
    return Files.getFileStore(directory).getUsableSpace() < bytes;
  }
}

package io.synod.storage.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * The reason for which an operation on a file failed, for a message that already names the file.
 */
public final class FileErrorReason {
  private FileErrorReason() {}

  /** The reason; it names no other file than one besides {@code path}. */
  public static String of(String path, IOException e) {
    if (e instanceof FileSystemException failed) {
      String file = failed.getFile();
      boolean same = file == null || file.equals(path);
      return same ? words(failed) : file + ": " + words(failed);
    }
    String message = e.getMessage();
    if (message == null) {
      return "an input or output error";
    }
    return message.startsWith(path + ": ") ? message.substring(path.length() + 2) : message;
  }

  private static String words(FileSystemException e) {
    if (e.getReason() != null) {
      return e.getReason();
    } else if (e instanceof NoSuchFileException) {
      return "it does not exist";
    } else if (e instanceof FileAlreadyExistsException) {
      return "it already exists";
    } else if (e instanceof AccessDeniedException) {
      return "access is denied";
    }
    return "an input or output error";
  }
}

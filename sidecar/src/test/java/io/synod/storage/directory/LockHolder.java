package io.synod.storage.directory;

import java.io.IOException;
import java.nio.file.Path;

/** A process that locks a directory, prints a line, and holds the lock until it is killed. */
final class LockHolder {
  private LockHolder() {}

  /** Locks the directory whose path is the argument. */
  public static void main(String[] arguments) throws IOException {
    DirectoryLock lock = DirectoryLock.take(Path.of(arguments[0]).toRealPath());
    System.out.print("x");
    System.out.flush();
    while (System.in.read() >= 0) {
      System.out.flush();
    }
    lock.close();
  }
}

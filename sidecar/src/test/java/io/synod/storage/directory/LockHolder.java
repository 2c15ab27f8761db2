package io.synod.storage.directory;

import java.io.IOException;
import java.nio.file.Path;

/** A process that takes the lock of a directory, says so, and holds it until it is killed. */
final class LockHolder {
  private LockHolder() {}

  /** Takes the directory's path. */
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

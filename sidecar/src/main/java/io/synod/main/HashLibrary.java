package io.synod.main;

import net.jpountz.xxhash.XXHashFactory;

/**
 * Keeps the hash library of MapDB, which Synod never calls, from loading native code. On its first
 * use it would unpack that into the temporary directory, and leave a file there for every killed
 * process.
 */
final class HashLibrary {
  private static final String ARCHITECTURE = "os.arch";

  private HashLibrary() {}

  /**
   * Makes the library use Java only. It looks for native code once, by the name of the
   * architecture, and finds none for an unknown one. To be called before other threads are started.
   */
  static void stayInJava() {
    String architecture = System.getProperty(ARCHITECTURE);
    System.setProperty(ARCHITECTURE, "none");
    try {
      XXHashFactory unused = XXHashFactory.fastestInstance();
    } finally {
      System.setProperty(ARCHITECTURE, architecture);
    }
  }
}

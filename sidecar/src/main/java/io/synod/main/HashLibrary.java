package io.synod.main;

import net.jpountz.xxhash.XXHashFactory;

/**
 * The hash library that MapDB links and Synod never calls. On its first use it unpacks native code
 * into the temporary directory, where a file is left for every process that is killed.
 */
final class HashLibrary {
  private static final String ARCHITECTURE = "os.arch";

  private HashLibrary() {}

  /**
   * Makes it stay with Java. It looks once for native code, by the name of the architecture, and
   * has none for one it does not know. To be called before there are other threads.
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

package io.synod.state;

/**
 * The levels of a cluster. A level is a set of formats and features: one that this version does not
 * know belongs to a higher level, and nothing of it is written, sent or proposed before the cluster
 * has that level: a command that comes earlier is malformed at all versions, those that know it
 * included. The cluster's level is a part of the replicated state. It rises by a command of the
 * log, once every node has reported that it supports more, and never falls.
 */
public final class Level {
  /** The level of a new cluster. */
  public static final int FIRST = 1;

  private static final int SUPPORTED = 1;

  private Level() {}

  /** The highest level that this version supports. */
  public static int supported() {
    return SUPPORTED;
  }
}

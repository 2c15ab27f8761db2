package io.synod.state.encoding;

/**
 * The cluster uses something that this version does not know. The node stops before it applies it,
 * since it would differ from the others afterwards. Nothing is lost.
 */
public final class LevelException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says on one line what is not known. */
  public LevelException(String what) {
    super(what + ": install the version that the other nodes run");
  }

  /** The cluster has this level, which is above the highest supported one. */
  public static LevelException above(int supported, int level) {
    return new LevelException(
        "the cluster is at level %d, and this version supports levels up to %d"
            .formatted(level, supported));
  }
}

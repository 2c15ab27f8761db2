package io.synod.state.command;

import io.synod.state.encoding.Payload;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * A sample of digests, by index, chosen so that two copies that report at different times and
 * indexes still have some in common: all of the newest, and the older, the rounder the index must
 * be. An index is rounder the more often it is divisible by two, so all copies choose the same.
 */
public record DigestSamples(TreePMap<Long, Payload> byIndex) {
  private static final int LEVELS = 16;
  private static final int PER_LEVEL = 2;

  /** The maximum number of samples. */
  static final int MAX = LEVELS * PER_LEVEL;

  /** No samples. */
  public static final DigestSamples NONE = new DigestSamples(TreePMap.empty());

  /** The digest at exactly this index; null if it is not known. */
  @Nullable
  public Payload at(long index) {
    return byIndex.get(index);
  }

  /**
   * This sample with one more; then every digest is removed that has enough later ones of its
   * roundness.
   */
  public DigestSamples with(long index, Payload digest) {
    TreePMap<Long, Payload> kept = byIndex.plus(index, digest);
    int[] asRound = new int[LEVELS];
    for (long each : kept.descendingMap().keySet().toArray(Long[]::new)) {
      int level = Math.min(LEVELS - 1, Long.numberOfTrailingZeros(each));
      if (asRound[level] >= PER_LEVEL) {
        kept = kept.minus(each);
        continue;
      }
      for (int below = 0; below <= level; below++) {
        asRound[below]++;
      }
    }
    return new DigestSamples(kept);
  }

  /** This sample with all of those. */
  public DigestSamples with(DigestSamples more) {
    DigestSamples all = this;
    for (var each : more.byIndex.entrySet()) {
      all = all.with(each.getKey(), each.getValue());
    }
    return all;
  }
}

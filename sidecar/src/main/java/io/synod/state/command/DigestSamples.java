package io.synod.state.command;

import io.synod.state.encoding.Payload;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Some of many digests, by index, so that two copies that speak at different times and of different
 * indexes still have some in common: of the newest all that there are, and the further back, the
 * rounder the index must be. An index is the rounder the more often two divides it, whoever looks
 * at it.
 */
public record DigestSamples(TreePMap<Long, Payload> byIndex) {
  private static final int LEVELS = 16;
  private static final int PER_LEVEL = 2;

  /** There are never more. */
  static final int MAX = LEVELS * PER_LEVEL;

  /** None. */
  public static final DigestSamples NONE = new DigestSamples(TreePMap.empty());

  /** The digest of exactly this index; null if it is not known. */
  @Nullable
  public Payload at(long index) {
    return byIndex.get(index);
  }

  /** With one more; then each goes that has enough behind it that are as round as it is. */
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

  /** With all of those. */
  public DigestSamples with(DigestSamples more) {
    DigestSamples all = this;
    for (var each : more.byIndex.entrySet()) {
      all = all.with(each.getKey(), each.getValue());
    }
    return all;
  }
}

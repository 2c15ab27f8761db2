package io.synod.runtime.upkeep;

import java.util.Arrays;

/**
 * The digests of the state of this node just after each of the last slots that it applied.
 *
 * <p>The loop's thread calls it.
 */
final class OwnDigests {
  /** For how many slots digests are remembered. */
  private static final int KEPT = 1 << 14;

  private final long[] slots = new long[KEPT];
  private final long[] digests = new long[KEPT];
  private long newest;

  /** The last slot with a digest; 0 if there is none. */
  long newest() {
    return newest;
  }

  /** Adds the digest of a slot above {@link #newest}. */
  void add(long slot, long digest) {
    newest = slot;
    slots[(int) (slot % KEPT)] = slot;
    digests[(int) (slot % KEPT)] = digest;
  }

  /** Forgets all digests: {@code slot} is the next one. */
  void restart(long slot) {
    Arrays.fill(slots, 0);
    newest = slot - 1;
  }

  boolean has(long slot) {
    return slots[(int) (slot % KEPT)] == slot;
  }

  /** The digest at a slot that has one. */
  long at(long slot) {
    return digests[(int) (slot % KEPT)];
  }

  /**
   * The slot after {@code above} that is a multiple of the highest power of two: nodes that look
   * for one in overlapping ranges mostly find the same.
   */
  long mostAligned(long above) {
    long slot = newest;
    long aligned = slot & (slot - 1);
    while (aligned > above && has(aligned)) {
      slot = aligned;
      aligned = slot & (slot - 1);
    }
    return slot;
  }
}

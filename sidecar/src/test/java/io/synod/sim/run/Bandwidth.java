package io.synod.sim.run;

import io.synod.paxos.Settings;
import io.synod.sim.disk.Rng;

/**
 * The bandwidth of each link in each direction, and the bound of the queue in front of it.
 *
 * @param bytesPerSecond 0 if there is no limit
 * @param queueBytesMax the bound of small messages, and the same bound of live ones
 */
public record Bandwidth(long bytesPerSecond, long queueBytesMax) {
  static final Bandwidth UNLIMITED = new Bandwidth(0, 0);

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final int OVERHEAD_BYTES = 300;

  /**
   * Draws a bandwidth. The largest message takes at most an eighth of an election time-out, since
   * no leader could be elected otherwise, and a full queue passes within one time-out.
   */
  static Bandwidth draw(Rng rng, Settings settings, int commandBytesMax) {
    long largest =
        (long) settings.pageBytesMax()
            + Math.max(settings.batchBytesMax(), commandBytesMax)
            + OVERHEAD_BYTES;
    long perTimeout = largest * (8 + rng.below(9));
    long queue = Math.max(2 * largest, perTimeout * (3 + rng.below(8)) / 10);
    return new Bandwidth(perTimeout * SECOND_NANOS / settings.electionTimeoutNanos(), queue);
  }

  public boolean isLimited() {
    return bytesPerSecond > 0;
  }

  /** The time that this many bytes take. */
  public long nanos(long bytes) {
    return bytes * SECOND_NANOS / bytesPerSecond;
  }
}

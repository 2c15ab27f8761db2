package io.synod.sim.run;

import io.synod.paxos.Settings;
import io.synod.sim.disk.Rng;

/**
 * How much each link carries in a second, each way, and how much may wait in front of it.
 *
 * @param bytesPerSecond 0 if there is no limit
 * @param queueBytesMax of small messages, and as much of live ones
 */
public record Bandwidth(long bytesPerSecond, long queueBytesMax) {
  static final Bandwidth UNLIMITED = new Bandwidth(0, 0);

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final int OVERHEAD_BYTES = 300;

  /**
   * The largest messages pass eight times in an election time-out at least: with less, nobody could
   * be elected. What waits in the queue passes within one time-out.
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

  /** How long so many bytes take. */
  public long nanos(long bytes) {
    return bytes * SECOND_NANOS / bytesPerSecond;
  }
}

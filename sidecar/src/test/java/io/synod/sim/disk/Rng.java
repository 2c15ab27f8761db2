package io.synod.sim.disk;

import java.util.random.RandomGenerator;

/** The random numbers of a run: SplitMix64, so that a seed gives the same run on every machine. */
public final class Rng implements RandomGenerator {
  private long state;

  /** Creates a generator with this seed. */
  public Rng(long seed) {
    this.state = seed * 0x9E3779B97F4A7C15L + 0x1234567;
    nextLong();
  }

  @Override
  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** A number from 0 to {@code bound} - 1. */
  public int below(int bound) {
    return (int) (((nextLong() >>> 33) * bound) >>> 31);
  }

  /** A number from {@code from} to {@code to}, both included. */
  public long between(long from, long to) {
    return from + (nextLong() >>> 1) % (to - from + 1);
  }

  /** True with a probability of {@code perMillion} in a million. */
  public boolean chance(int perMillion) {
    return perMillion > 0 && below(1_000_000) < perMillion;
  }

  /** A number with this mean, mostly below it and sometimes far above. */
  public long around(long mean) {
    double u = (nextLong() >>> 11) * 0x1.0p-53;
    return (long) (-Math.log(1 - u) * mean) + 1;
  }

  /** Another generator, seeded with the next number of this one. */
  public Rng fork() {
    return new Rng(nextLong());
  }
}

package io.synod.bench.load;

/**
 * What a loop does.
 *
 * @param keys how many keys it goes round
 * @param watchers of {@link BenchOperation#WATCH}: how many get every write
 */
public record LoopWork(BenchOperation operation, long keys, int watchers) {
  /** All keys begin so. */
  public static final String PREFIX = "bench/";

  /** What comes behind all keys. */
  static final String PREFIX_END = "bench0";

  /** A key that no operation writes. */
  static final String NEVER = PREFIX + "never";

  /** Spreads reads over the keys, the same for every subject. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** The key of this number; all are equally long. */
  public String key(long number) {
    return PREFIX + (base() + number % keys);
  }

  /** A key that follows no pattern. */
  String anyKey(long number) {
    return key(Long.remainderUnsigned(number * SPREAD, keys));
  }

  private long base() {
    long base = 1;
    while (base < keys) {
      base *= 10;
    }
    return base;
  }
}

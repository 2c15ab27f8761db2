package io.synod.metrics;

/** The upper bounds of the histograms' buckets, which grow exponentially. */
final class Buckets {
  private Buckets() {}

  /** Seconds, from 0.1 ms to 3.3 s: for calls on localhost or in one network. */
  static double[] seconds() {
    return exponential(0.0001, 2, 16);
  }

  /** Seconds, from 0.25 ms to 8.2 s: for a disk. */
  static double[] diskSeconds() {
    return exponential(0.00025, 2, 16);
  }

  /** Counts, from 1 to 8192. */
  static double[] counts() {
    return exponential(1, 2, 14);
  }

  /** Bytes, from 64 B to 4 MiB. */
  static double[] bytes() {
    return exponential(64, 4, 9);
  }

  private static double[] exponential(double first, double factor, int count) {
    double[] bounds = new double[count];
    double bound = first;
    for (int i = 0; i < count; i++) {
      bounds[i] = bound;
      bound *= factor;
    }
    return bounds;
  }
}

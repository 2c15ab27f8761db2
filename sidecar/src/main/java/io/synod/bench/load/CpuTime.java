package io.synod.bench.load;

/**
 * Processor time of a measurement.
 *
 * @param serverNanos of all server processes together; 0 if they were not watched
 * @param generatorNanos of the process that makes the load
 */
public record CpuTime(long serverNanos, long generatorNanos) {
  public static final CpuTime NONE = new CpuTime(0, 0);

  CpuTime plus(CpuTime other) {
    return new CpuTime(serverNanos + other.serverNanos, generatorNanos + other.generatorNanos);
  }

  CpuTime minus(CpuTime other) {
    return new CpuTime(serverNanos - other.serverNanos, generatorNanos - other.generatorNanos);
  }
}

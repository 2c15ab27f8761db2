package io.synod.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The disk that holds the data of a measurement.
 *
 * @param type the type of its file system
 * @param syncMillis the median of the time to write and sync a block
 * @param slowSyncMillis the 99th percentile of that time
 */
public record DataDisk(String type, double syncMillis, double slowSyncMillis) {

  /** Measures the disk of a directory. */
  public static DataDisk of(Path dir) throws IOException {
    Histogram latencies = DiskProbe.measure(dir);
    return new DataDisk(
        Files.getFileStore(dir).type(),
        latencies.getValueAtPercentile(50) / 1e6,
        latencies.getValueAtPercentile(99) / 1e6);
  }

  /** Whether it is memory, where a sync costs nothing. */
  public boolean inMemory() {
    return type.equals("tmpfs") || type.equals("ramfs");
  }

  /** The disk on one line. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "data on %s; a 4 KiB write and sync takes %.2f ms (p50), %.2f ms (p99)",
        type,
        syncMillis,
        slowSyncMillis);
  }
}

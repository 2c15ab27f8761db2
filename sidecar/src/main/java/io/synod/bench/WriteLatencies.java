package io.synod.bench;

import io.synod.bench.StallProbe.Beat;
import io.synod.bench.cluster.DiskProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How long single writes wait while they go on one after another; and, so that a stall of the
 * machine can be told from one of a sidecar, what a sync and a nap of this process's own took
 * meanwhile.
 */
final class WriteLatencies implements AutoCloseable {
  private static final long REST_MILLIS = 2;
  private static final Beat NONE = new Beat(0, 0);

  private final DiskProbe disk;
  private final StallProbe writes;
  private final StallProbe syncs;
  // A processor that stalls delays only what sleeps on it: as many as there are processors.
  private final List<StallProbe> naps;
  // A write may have begun before this was asked last.
  private List<Beat> syncedBefore = List.of();
  private List<Beat> nappedBefore = List.of();

  /**
   * A write that waited.
   *
   * @param syncMillis the longest that a write and sync of 4 KiB took, of those meanwhile
   * @param napMillis the longest that a sleep of one millisecond took, of those meanwhile
   */
  record Wait(double millis, double syncMillis, double napMillis) {

    /** The median, and the longest with what was beside it. */
    static String summary(List<Wait> waits) {
      List<Wait> sorted = waits.stream().sorted(Comparator.comparing(Wait::millis)).toList();
      int half = sorted.size() / 2;
      double median = (sorted.get(half).millis + sorted.get(sorted.size() - 1 - half).millis) / 2;
      Wait longest = sorted.get(sorted.size() - 1);
      return String.format(
          Locale.ROOT,
          "median of %d %.0f ms, longest %.0f ms, beside a sync of %.1f ms and a sleep of %.1f ms",
          sorted.size(),
          median,
          longest.millis,
          longest.syncMillis,
          longest.napMillis);
    }
  }

  WriteLatencies(StateMeasurement trial, Path dir) throws IOException {
    disk = DiskProbe.in(dir);
    syncs = new StallProbe("sync", REST_MILLIS, disk::sync);
    naps =
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
            .mapToObj(i -> new StallProbe("nap-" + i, 0, () -> Thread.sleep(1)))
            .toList();
    writes = new StallProbe("write", 0, trial::write);
  }

  /** The longest since this was asked last. */
  Wait longest() throws IOException {
    Beat write = longest(writes.take());
    List<Beat> synced = syncs.take();
    List<Beat> napped = new ArrayList<>();
    for (StallProbe nap : naps) {
      napped.addAll(nap.take());
    }
    Wait wait =
        new Wait(
            write.millis(),
            Math.max(longest(synced, write), longest(syncedBefore, write)),
            Math.max(longest(napped, write), longest(nappedBefore, write)));
    syncedBefore = synced;
    nappedBefore = napped;
    return wait;
  }

  private static Beat longest(List<Beat> beats) {
    return beats.stream().max(Comparator.comparing(Beat::millis)).orElse(NONE);
  }

  private static double longest(List<Beat> beats, Beat beside) {
    return longest(beats.stream().filter(beside::touches).toList()).millis();
  }

  @Override
  public void close() throws IOException {
    writes.close();
    naps.forEach(StallProbe::close);
    syncs.close();
    disk.close();
  }
}

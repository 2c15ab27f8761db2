package io.synod.bench.compare;

import io.synod.bench.cluster.DataDisk;
import io.synod.bench.cluster.MachineInfo;
import io.synod.bench.cluster.ProcessMemory;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.ClosedLoop;
import io.synod.bench.load.CpuTime;
import io.synod.bench.load.LoadOptions;
import io.synod.bench.load.LoopWork;
import io.synod.bench.load.Measurement;
import io.synod.bench.load.ValueSize;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Made-up measurements for tests. */
final class SampleReport {
  private SampleReport() {}

  /**
   * A measurement of two seconds with calls of 2 ms; each costs the servers 100 µs and the
   * generator 10 µs of processor time.
   */
  static Measurement measured(BenchOperation operation, BenchTarget subject, long count) {
    return measured(operation, subject, count, Map.of());
  }

  static Measurement measured(
      BenchOperation operation, BenchTarget subject, long count, Map<String, Long> errors) {
    Histogram latencies = new Histogram(3);
    latencies.recordValueWithCount(2_000_000, count);
    Duration second = Duration.ofSeconds(1);
    return new Measurement(
        subject,
        new ClosedLoop(new LoopWork(operation, 1000, 4), 64, 256, second, second, second),
        2,
        latencies,
        errors,
        operation == BenchOperation.WATCH ? count / 4 : 0,
        new CpuTime(count * 100_000, count * 10_000));
  }

  /** A load with a round for each of these counts of Synod; etcd has 10,000 in each round. */
  static ComparedLoad load(BenchOperation operation, int inFlight, long... counts) {
    List<ComparedLoad.Round> rounds = new ArrayList<>();
    for (long count : counts) {
      rounds.add(
          new ComparedLoad.Round(
              measured(operation, BenchTarget.SYNOD, count),
              measured(operation, BenchTarget.ETCD, 10_000)));
    }
    return new ComparedLoad(operation, inFlight, rounds);
  }

  static ComparisonReport of(ComparedLoad... loads) {
    LoadOptions options = new LoadOptions(List.of(BenchOperation.PUT));
    options.inFlight = List.of(1, 64);
    options.size = new ValueSize();
    options.duration = Duration.ofSeconds(8);
    options.warmup = Duration.ofSeconds(1);
    Map<String, ProcessMemory> memory = new LinkedHashMap<>();
    memory.put("Synod 1", new ProcessMemory(300 * 1024, 200 * 1024));
    memory.put("generator", new ProcessMemory(0, 0));
    return new ComparisonReport(
        new Setting(
            LocalDate.of(2026, 12, 1),
            new Setting.Subjects("synod 0.1.0", "etcd 3.7.3"),
            new MachineInfo(2, "some processor", "Linux 6", 17),
            new DataDisk("ext4", 0.1, 0.5),
            new Setting.Effort(options, 3, Duration.ofSeconds(20))),
        List.of(loads),
        memory);
  }
}

package io.synod.bench.compare;

import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.load.LoadOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What was measured, where and how hard.
 *
 * @param subjects the versions of Synod and of etcd
 * @param disk what the data is on, and how long it takes to write and sync a block
 */
record Setting(LocalDate date, Subjects subjects, Machine machine, DataDisk disk, Effort effort) {

  /** The versions that the two programs report. */
  record Subjects(String synod, String etcd) {}

  /** The machine that both ran on. */
  record Machine(int processors, String processor, String system, int java) {
    static Machine current() {
      return new Machine(
          Runtime.getRuntime().availableProcessors(),
          processorName(),
          System.getProperty("os.name") + " " + System.getProperty("os.version"),
          Runtime.version().feature());
    }

    private static String processorName() {
      try (Stream<String> lines =
          Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown");
      } catch (IOException e) {
        return "unknown";
      }
    }
  }

  /** What the data is on. */
  record DataDisk(String type, double syncMillis, double slowSyncMillis) {
    static DataDisk of(Path dir, Histogram latencies) throws IOException {
      return new DataDisk(
          Files.getFileStore(dir).type(),
          latencies.getValueAtPercentile(50) / 1e6,
          latencies.getValueAtPercentile(99) / 1e6);
    }

    boolean inMemory() {
      return type.equals("tmpfs") || type.equals("ramfs");
    }
  }

  /** How many rounds of how much. */
  record Effort(LoadOptions load, int rounds, Duration preheat) {
    /** Without what it takes to start the clusters, and to write the keys that are read. */
    Duration whole() {
      Duration each = load.warmup.plus(load.duration).multipliedBy(rounds);
      return each.multipliedBy(load.inFlight.size())
          .plus(preheat)
          .multipliedBy(2L * load.operations.size());
    }
  }

  static LocalDate today() {
    return LocalDate.now(ZoneOffset.UTC);
  }

  /** Says all of it, a line for each kind. */
  List<String> lines() {
    LoadOptions load = effort.load();
    return List.of(
        String.format(Locale.ROOT, "%s, %s beside %s", date, subjects.synod(), subjects.etcd()),
        String.format(
            Locale.ROOT,
            "%d processors (%s), %s, Java %d; %d sidecars and %d etcd members on loopback",
            machine.processors(),
            machine.processor(),
            machine.system(),
            machine.java(),
            BenchCluster.MEMBERS,
            BenchCluster.MEMBERS),
        String.format(
            Locale.ROOT,
            "data on %s; a 4 KiB write and sync takes %.2f ms (p50), %.2f ms (p99)",
            disk.type(),
            disk.syncMillis(),
            disk.slowSyncMillis()),
        String.format(
            Locale.ROOT,
            "%d-byte values, %d rounds of %.1f s after %.1f s each, operations pushed for %.1f s"
                + " before, %d connections, %d threads",
            load.size.bytes,
            effort.rounds(),
            load.duration.toMillis() / 1e3,
            load.warmup.toMillis() / 1e3,
            effort.preheat().toMillis() / 1e3,
            load.connections * BenchCluster.MEMBERS,
            load.threads));
  }

  /** The first line that a program prints. */
  static String firstLine(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      return line == null ? "" : line;
    }
  }
}

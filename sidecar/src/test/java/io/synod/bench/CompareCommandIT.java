package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.ClosedLoop;
import io.synod.bench.load.LoadGenerator;
import io.synod.bench.load.LoopWork;
import io.synod.bench.load.Measurement;
import io.synod.bench.load.ProgressLine;
import io.synod.cli.shared.Endpoint;
import io.synod.deploy.Tool;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the comparison with real clusters of Synod and etcd. */
final class CompareCommandIT {
  @TempDir Path dir;
  private final Path etcd = Path.of(Tool.of("etcd").path());

  @Test
  void comparesBothAndLeavesNothingBehind() throws Exception {
    Path data = dir.resolve("data");
    Path report = dir.resolve("report");

    CommandRunner.Running compare =
        new CommandRunner(dir)
            .start(
                Endpoint.parse("127.0.0.1:1"),
                "bench",
                "compare",
                "--operation=propose,watch",
                "--in-flight=1,16",
                "--rounds=2",
                "--preheat=500ms",
                "--warmup=200ms",
                "--duration=500ms",
                "--report=" + report,
                "--data=" + data);
    CommandRunner.Result run = compare.await();

    assertThat(run.exitStatus()).as(run.err()).isZero();
    // The command found out the version of etcd.
    assertThat(run.err()).contains("etcd 3.7.3 go", "a 4 KiB write and sync takes");
    assertThat(run.outLines().stream().filter(line -> line.contains(" none"))).hasSize(8);
    assertThat(run.outLines().stream().filter(line -> line.contains(" ratio "))).hasSize(4);
    showsEveryFigure(JsonParser.parseString(Files.readString(report.resolve("compare.json"))));
    assertThat(report.resolve("compare.md")).content().contains("| propose | 16 | ");
    assertThat(report.resolve("compare.svg")).content().startsWith("<svg").contains("watch");
    assertThat(ProcessHandle.current().descendants().map(ProcessHandle::info))
        .noneMatch(info -> info.command().orElse("").equals(etcd.toString()));
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).isEmpty();
    }
  }

  private static void showsEveryFigure(JsonElement document) {
    JsonArray loads = document.getAsJsonObject().getAsJsonArray("loads");
    assertThat(loads).hasSize(4);
    for (JsonElement element : loads) {
      JsonObject load = element.getAsJsonObject();
      assertThat(median(load, "speedRatio")).isPositive();
      assertThat(median(load, "cpuRatio")).isPositive();
      for (String cluster : List.of("synod", "etcd")) {
        JsonObject figures = load.getAsJsonObject(cluster);
        assertThat(figures.getAsJsonArray("roundsPerSecond")).hasSize(2);
        assertThat(median(figures, "serverCpuMicrosPerOperation")).isPositive();
        assertThat(median(figures, "generatorCpuMicrosPerOperation")).isPositive();
      }
    }
    // The processes are three sidecars, three members of etcd, and the generator.
    JsonArray memory = document.getAsJsonObject().getAsJsonArray("memory");
    assertThat(memory).hasSize(7);
    for (JsonElement process : memory) {
      long peak = process.getAsJsonObject().get("peakKib").getAsLong();
      assertThat(process.getAsJsonObject().get("privateKib").getAsLong()).isBetween(1L, peak);
    }
  }

  private static double median(JsonObject figures, String name) {
    return figures.getAsJsonObject(name).get("median").getAsDouble();
  }

  /**
   * Checks through etcd's own gateway that etcd reads the hand-written requests as they are meant.
   */
  @Test
  void writesWhatEtcdReadsBack() throws Exception {
    try (BenchCluster cluster =
            BenchCluster.start(BenchTarget.ETCD, LaunchRecipes.etcd(etcd), dir.resolve("etcd"));
        LoadGenerator loadGenerator =
            new LoadGenerator(BenchTarget.ETCD, cluster.endpoints(), 1, 1)) {
      cluster.awaitReady(loadGenerator, Duration.ofSeconds(60));

      String key =
          Base64.getEncoder()
              .encodeToString(
                  new LoopWork(BenchOperation.PUT, 1, 0)
                      .key(0)
                      .getBytes(StandardCharsets.US_ASCII));
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("http://" + cluster.endpoints().get(0).text() + "/v3/kv/range"))
              .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"" + key + "\"}"))
              .build();
      String answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();

      // The probe writes a single zero byte.
      assertThat(answer).contains("\"key\":\"" + key + "\"", "\"value\":\"AA==\"");
    }
  }

  @Test
  @Tag("alone")
  void asksEtcdForEveryOperation() throws Exception {
    try (BenchCluster cluster =
            BenchCluster.start(BenchTarget.ETCD, LaunchRecipes.etcd(etcd), dir.resolve("etcd"));
        LoadGenerator loadGenerator =
            new LoadGenerator(BenchTarget.ETCD, cluster.endpoints(), 1, 1)) {
      cluster.awaitReady(loadGenerator, Duration.ofSeconds(60));
      ProgressLine silent = ProgressLine.on(new PrintWriter(new StringWriter()));

      for (BenchOperation operation : BenchOperation.values()) {
        // A watch runs longer, so that the writes in flight at its start and end carry little
        // weight.
        Duration time = Duration.ofMillis(operation == BenchOperation.WATCH ? 4_000 : 800);
        LoopWork work = new LoopWork(operation, 100, 6);
        ClosedLoop closedLoop =
            new ClosedLoop(work, 8, 64, Duration.ofMillis(200), time, Duration.ofSeconds(10));
        if (operation.reads()) {
          assertThat(loadGenerator.fill(closedLoop, silent).errors()).isEmpty();
        }
        Measurement result = loadGenerator.run(closedLoop, silent);

        assertThat(result.errors()).as(operation.optionName()).isEmpty();
        assertThat(result.operations()).as(operation.optionName()).isPositive();
        if (operation == BenchOperation.WATCH) {
          // Each of six watchers gets every write, apart from a few in flight at the start and end.
          assertThat(result.perSecond())
              .isCloseTo(6 * result.writesPerSecond(), withinPercentage(20));
        }
      }
    }
  }
}

package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.ManagedChannel;
import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.LoadGenerator;
import io.synod.bench.load.MemberStatus;
import io.synod.cli.shared.Endpoint;
import io.synod.deploy.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the failover benchmark with real clusters. */
final class FailoverCommandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"kill", "isolate"})
  void measuresOneRoundOfSynodAloneAndLeavesNothingBehind(String fault) throws Exception {
    Path data = dir.resolve("data");
    Path report = dir.resolve("report");

    CommandRunner.Result run =
        new CommandRunner(dir)
            .start(
                Endpoint.parse("127.0.0.1:1"),
                "bench",
                "failover",
                "--no-etcd",
                "--rounds=1",
                "--fault=" + fault,
                "--report=" + report,
                "--data=" + data)
            .await();

    assertThat(run.exitStatus()).as(run.err()).isZero();
    assertThat(run.err()).contains("# round 1 of 1: Synod ");
    assertThat(run.outLines().get(1)).matches("to the first write +Synod +1 .* 0");
    JsonObject synod =
        JsonParser.parseString(Files.readString(report.resolve("failover-" + fault + ".json")))
            .getAsJsonObject()
            .getAsJsonObject("synod");
    double gap = synod.getAsJsonObject("gapSeconds").get("p50").getAsDouble();
    assertThat(gap).isBetween(0.01, 30.0);
    // The writers write until the fault.
    assertThat(synod.getAsJsonObject("longestSeconds").get("p50").getAsDouble())
        .isGreaterThan(gap / 2);
    assertThat(report.resolve("failover-" + fault + ".md")).content().contains("| Synod | 1 |");
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void readsFromEtcdWhoLeadsIt() throws Exception {
    Path etcd = Path.of(Tool.of("etcd").path());
    List<MemberStatus> statuses = new ArrayList<>();
    try (BenchCluster cluster =
            BenchCluster.startWithLinks(
                BenchTarget.ETCD, LaunchRecipes.etcd(etcd), dir.resolve("etcd"));
        LoadGenerator loadGenerator =
            new LoadGenerator(BenchTarget.ETCD, cluster.endpoints(), 1, 1)) {
      cluster.awaitReady(loadGenerator, PATIENCE);
      for (Endpoint endpoint : cluster.endpoints()) {
        ManagedChannel channel = endpoint.channel().build();
        statuses.add(BenchTarget.ETCD.status(channel, PATIENCE));
        channel.shutdownNow();
      }
    }

    assertThat(statuses).filteredOn(MemberStatus::leads).hasSize(1);
    assertThat(statuses.stream().map(MemberStatus::leader).distinct()).hasSize(1);
    assertThat(statuses).allMatch(status -> status.applied() > 0);
    assertThat(statuses.get(0).leader()).matches("[0-9a-f]+ at term [1-9]\\d*");
  }
}

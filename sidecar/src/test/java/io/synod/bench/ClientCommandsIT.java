package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.JsonFormat;
import io.synod.bench.cluster.BenchCluster;
import io.synod.cli.shared.Endpoint;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.Entry;
import io.synod.v1.ProposeResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Tests the client commands, each in a process, against three sidecars, each in a process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // set before all tests
final class ClientCommandsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path dir;
  private ThreeSidecars threeSidecars;
  private CommandRunner synod;
  private BenchCluster cluster;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    threeSidecars = ThreeSidecars.start(dir);
    synod = threeSidecars.synod();
    cluster = threeSidecars.cluster();
  }

  @AfterAll
  void stop() {
    threeSidecars.close();
  }

  private Endpoint node(int number) {
    return threeSidecars.node(number);
  }

  @Test
  @Order(1)
  void proposesAtOneSidecarReadsAtAnotherAndExplains() throws Exception {
    CommandRunner.Result proposed = synod.run(node(1), "propose", "grüße", "-o", "json");
    assertThat(proposed.err()).isEmpty();
    ProposeResponse.Builder response = ProposeResponse.newBuilder();
    JsonFormat.parser().merge(proposed.out(), response);
    String index = Long.toString(response.getIndex());

    CommandRunner.Result read =
        synod.run(node(3), "read", "--level=session", "--from", index, "--at-least", index);
    assertThat(read.exitStatus()).isZero();
    assertThat(read.out()).contains("grüße");

    String slot = Long.toString(response.getSlot());
    CommandRunner.Result explained = synod.run(node(2), "explain", slot);
    assertThat(explained.err()).isEmpty();
    assertThat(explained.out())
        .startsWith("Slot " + slot + " of cluster bench: chosen at ballot ")
        .contains(
            "1 initialise",
            "2 propose",
            "3 vote",
            "4 elect",
            "5 learn",
            "6 notify",
            "index " + index,
            "for node 1");
    assertThat(explained.outLines().stream().filter(line -> line.contains("accepts digest")))
        .hasSizeGreaterThanOrEqualTo(2);

    assertThat(synod.run(node(2), "status").exitStatus()).isZero();
    assertThat(synod.run(node(2), "elections").out()).contains(" won ");
    assertThat(synod.run(node(2), "trace", "--from-oldest", "--count=3").outLines()).hasSize(3);
  }

  @Test
  @Order(2)
  void keepsEveryLineOfAFileOnce() throws Exception {
    List<String> lines = IntStream.range(0, 3000).mapToObj(i -> "line " + i).toList();
    Path file = Files.write(dir.resolve("lines"), lines);

    CommandRunner.Result proposed = synod.run(node(2), "propose", "--lines", "-f", file.toString());
    assertThat(proposed.err()).isEmpty();
    Matcher told =
        Pattern.compile("3,000 commands in the log, at indexes (\\d+) to \\d+\n")
            .matcher(proposed.out());
    assertThat(told.matches()).isTrue();

    CommandRunner.Result watched =
        synod.run(node(3), "watch", "--from=" + told.group(1), "--count=3000", "-o", "json");
    List<String> seen = new ArrayList<>();
    long last = 0;
    for (String line : watched.outLines()) {
      Entry.Builder entry = Entry.newBuilder();
      JsonFormat.parser().merge(line, entry);
      assertThat(entry.getIndex()).isGreaterThan(last);
      last = entry.getIndex();
      seen.add(entry.getCommand().toStringUtf8());
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(lines);
  }

  @Test
  @Order(3)
  void endsAWatchOnCtrlCAndSaysWhereToGoOn() throws Exception {
    CommandRunner.Running watch = synod.start(node(1), "watch", "--from=1");
    await().atMost(PATIENCE).until(() -> watch.printed().lines().count() > 2);

    watch.signal("INT");
    CommandRunner.Result ended = watch.await();

    // A shell expects this status from a process that SIGINT ended.
    assertThat(ended.exitStatus()).isEqualTo(130);
    assertThat(ended.err()).contains("# go on with: synod watch --from ").doesNotContain("synod: ");
    assertThat(ended.out()).endsWith("\n");
  }

  @Test
  @Order(4)
  void measuresTheClusterWithoutAnError() throws Exception {
    String all = String.join(",", cluster.endpoints().stream().map(Endpoint::text).toList());

    CommandRunner.Result run =
        synod
            .start(
                node(1),
                "bench",
                "--endpoints=" + all,
                "--in-flight=1,64",
                "--warmup=1s",
                "--duration=1s",
                "-o",
                "json")
            .await();

    assertThat(run.err()).isEmpty();
    assertThat(run.exitStatus()).isZero();
    assertThat(run.outLines()).hasSize(2).allMatch(line -> line.endsWith("\"errors\":{}}"));
  }

  @Test
  @Order(5)
  void handsLeadershipOver() throws Exception {
    int leader = 0;
    for (int node = 1; node <= BenchCluster.MEMBERS; node++) {
      if (synod.run(node(node), "status").out().contains(", leader, ")) {
        leader = node;
      }
    }
    assertThat(leader).isPositive();
    int successor = leader % BenchCluster.MEMBERS + 1;

    assertThat(synod.run(node(successor), "transfer").err()).contains("NOT_LEADER");
    CommandRunner.Result moved = synod.run(node(leader), "transfer", "--to=" + successor);

    assertThat(moved.err()).isEmpty();
    assertThat(moved.out()).startsWith("handed over: node " + successor + " leads");
  }

  @Test
  @Order(6)
  void tellsWhatStillWorksWithoutAQuorum() throws Exception {
    for (int node = 2; node <= BenchCluster.MEMBERS; node++) {
      Process gone = cluster.processes().get(node - 1);
      gone.destroyForcibly().waitFor();
    }

    // It may lead for a while longer, and does not know what becomes of what it proposes meanwhile.
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              CommandRunner.Result status = synod.run(node(1), "status");
              return status.exitStatus() == ExitStatus.UNHEALTHY
                  && !status.out().contains(", leader, ");
            });
    CommandRunner.Result proposed = synod.run(node(1), "propose", "x");
    assertThat(proposed.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(proposed.err())
        .startsWith("synod: NO_QUORUM: 1 of 3 voters can be reached, 2 are required");
    assertThat(synod.run(node(1), "read").exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    CommandRunner.Result local = synod.run(node(1), "read", "--level=local", "--limit=5");
    assertThat(local.exitStatus()).isZero();
    assertThat(local.err()).startsWith("# local read at node 1").contains("staleness ");
    assertThat(synod.run(node(2), "status").exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
  }
}

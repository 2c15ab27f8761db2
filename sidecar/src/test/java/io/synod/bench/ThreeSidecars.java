package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.LoadGenerator;
import io.synod.cli.shared.Endpoint;
import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Three running sidecars, each in a process, and the runner of commands against them. */
record ThreeSidecars(BenchCluster cluster, CommandRunner synod) implements AutoCloseable {
  /** They end too soon to profit from the second compiler. */
  static final String JAVA_OPTIONS = "-XX:TieredStopAtLevel=1";

  static final Duration PATIENCE = Duration.ofSeconds(60);

  static ThreeSidecars start(Path dir) throws IOException, InterruptedException {
    BenchCluster cluster =
        BenchCluster.start(
            BenchTarget.SYNOD,
            LaunchRecipes.synod(LaunchRecipes.self(JAVA_OPTIONS)),
            dir.resolve("cluster"),
            // The time-out is long, so that a slow disk costs no election in the middle of a
            // command.
            Map.of("SYNOD_ELECTION_TIMEOUT", "3s", "SYNOD_JAVA_OPTS", JAVA_OPTIONS));
    try (LoadGenerator loadGenerator =
        new LoadGenerator(BenchTarget.SYNOD, cluster.endpoints(), 1, 1)) {
      cluster.awaitReady(loadGenerator, PATIENCE);
    }
    return new ThreeSidecars(cluster, new CommandRunner(dir));
  }

  /** The endpoint of a sidecar, numbered from 1. */
  Endpoint node(int number) {
    return cluster.endpoints().get(number - 1);
  }

  /** Runs a command that must succeed without an error message; returns its output. */
  String ok(int node, String... args) throws IOException, InterruptedException {
    CommandRunner.Result result = synod.run(node(node), args);
    assertThat(result.err()).as(String.join(" ", args)).doesNotContain("synod: ");
    assertThat(result.exitStatus()).as(String.join(" ", args)).isEqualTo(ExitStatus.OK);
    return result.out();
  }

  /**
   * Runs a command that must end with this status, and print nothing but one error line with this
   * prefix.
   */
  void refused(int status, String line, int node, String... args)
      throws IOException, InterruptedException {
    refused(status, line, synod.run(node(node), args));
  }

  static void refused(int status, String line, CommandRunner.Result result) {
    assertThat(result.err()).startsWith("synod: " + line);
    assertThat(result.exitStatus()).as(result.err()).isEqualTo(status);
    assertThat(result.bytes()).isEmpty();
    assertThat(result.err()).doesNotContain("Exception", "\tat ");
  }

  static void awaitPrinted(CommandRunner.Running command, String text) {
    await(text).atMost(PATIENCE).until(() -> command.printed().contains(text));
  }

  /** The groups of a pattern that the whole text matches. */
  static MatchResult match(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.matches()).as("%s matches %s", text, pattern).isTrue();
    return matcher.toMatchResult();
  }

  static <B extends Message.Builder> B parse(String json, B builder) throws IOException {
    JsonFormat.parser().merge(json, builder);
    return builder;
  }

  @Override
  public void close() {
    cluster.close();
  }
}

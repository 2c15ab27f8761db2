package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class BenchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return new CommandLine(new BenchCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  @Test
  void printsATableWithARowForEachLoad() {
    int status = run("--target=noop", "--in-flight=1,8", "--duration=200ms", "--warmup=50ms");

    assertThat(status).isZero();
    assertThat(err.toString()).isEmpty();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).startsWith("noop at").contains("256 bytes a value");
    assertThat(lines.get(2)).contains("IN FLIGHT", "OPS/S", "P99.9", "ERRORS");
    assertThat(lines.get(3)).matches(" +1 +[0-9,]+ .* none");
    assertThat(lines.get(4)).matches(" +8 +[0-9,]+ .* none");
  }

  @Test
  void printsEachRunAsOneJsonDocument() throws IOException {
    int status =
        run("--target=noop", "--in-flight=4", "--duration=200ms", "--warmup=0s", "-o", "json");

    assertThat(status).isZero();
    Struct.Builder parsed = Struct.newBuilder();
    JsonFormat.parser().merge(out.toString(), parsed);
    Map<String, Value> fields = parsed.getFieldsMap();
    assertThat(fields.get("target")).isEqualTo(Value.newBuilder().setStringValue("noop").build());
    assertThat(number(fields, "inFlight")).isEqualTo(4);
    assertThat(number(fields, "bytes")).isEqualTo(256);
    assertThat(number(fields, "operations")).isPositive();
    assertThat(parsed.getFieldsOrThrow("latencyMillis").getStructValue().getFieldsMap())
        .containsOnlyKeys("p50", "p90", "p99", "p99.9", "max");
    assertThat(out.toString().lines()).hasSize(1);
  }

  private static double number(Map<String, Value> fields, String name) {
    return fields.getOrDefault(name, Value.getDefaultInstance()).getNumberValue();
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    int status = run("--endpoints=127.0.0.1:" + port);

    assertThat(status).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(err.toString().strip())
        .isEqualTo("synod: nobody answers at 127.0.0.1:" + port + ": connection refused");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--in-flight=0",
        "--in-flight=1,x",
        "--in-flight=1000000",
        "--size=0",
        "--duration=0s",
        "--timeout=0s",
        "--threads=0",
        "--connections=0",
        "--target=zookeeper",
        "--operation=delete",
        "--keys=0",
        "--watchers=0",
        "--operation=watch --size=15",
        "--target=noop --operation=watch",
        "--target=noop --endpoints=127.0.0.1:1",
        "--endpoints=nowhere",
        "compare --rounds=0",
        "compare --in-flight=0",
        "failover --rounds=0",
        "failover --fault=slow"
      })
  void refusesBadUsage(String line) {
    assertThat(run(line.split(" ", -1))).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).isNotBlank().doesNotContain("Exception", "io.synod");
  }

  @Test
  void saysThatThereIsNoSuchEtcd(@TempDir Path dir) {
    int status = run("compare", "--etcd", dir.resolve("none").toString());

    assertThat(status).isEqualTo(ExitStatus.ERROR);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("is not a program");
  }

  @Test
  void saysHowToMeasureAFailoverWithoutEtcd(@TempDir Path dir) {
    int status = run("failover", "--etcd", dir.resolve("none").toString());

    assertThat(status).isEqualTo(ExitStatus.ERROR);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("is not a program; --no-etcd measures Synod alone");
  }

  @Test
  void tellsWhyAMemberDidNotStartAndLeavesNothing(@TempDir Path dir) throws IOException {
    Path broken = Files.writeString(dir.resolve("broken"), "#!/bin/sh\necho no luck\nexit 7\n");
    assertThat(broken.toFile().setExecutable(true)).isTrue();
    Path data = dir.resolve("data");

    int status =
        run(
            "compare",
            "--etcd=" + broken,
            "--synod=" + broken,
            "--data=" + data,
            "--preheat=10ms",
            "--warmup=0s",
            "--duration=10ms");

    assertThat(status).isEqualTo(ExitStatus.ERROR);
    assertThat(err.toString()).contains("Synod ", "ended with status 7: no luck");
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void printsATableForEachOperation() {
    int status =
        run(
            "--target=noop",
            "--operation=put,get,local-get,txn",
            "--in-flight=1",
            "--duration=300ms",
            "--warmup=0s");

    assertThat(status).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("noop at")))
        .hasSize(4)
        .anyMatch(line -> line.contains(", local gets: 256 bytes"));
    assertThat(out.toString().lines().filter(line -> line.endsWith(" none"))).hasSize(4);
  }
}

package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.StatusRuntimeException;
import io.synod.processes.ChildProgram;
import io.synod.v1.KVGrpc;
import io.synod.v1.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests that a cluster of which two of three sidecars and their disks are lost under load goes on
 * from the disk that is left.
 */
final class RecoverIT extends RestoreScenario {
  @Test
  @Timeout(300)
  void aClusterGoesOnFromTheOnlyDiskThatIsLeft() throws Exception {
    for (int node = 1; node <= 3; node++) {
      start(node, "data-" + node);
    }
    awaitAvailable();
    long firstToken = token(3);
    KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel(3));
    AtomicInteger acknowledged = new AtomicInteger();
    Thread load = new Thread(() -> writeUntilItFails(kv, acknowledged));
    load.start();
    await().atMost(PATIENCE).until(() -> acknowledged.get() >= 300);
    lose(1);
    lose(2);
    load.join(PATIENCE.toMillis());
    // Every write went through the third sidecar, which answers only what it has applied.
    int known = acknowledged.get();
    Status left = Objects.requireNonNull(status(3));
    String data = dir.resolve("data-3").toString();
    assertThat(refused("recover", data)).contains("is in use by another process");
    kill(3);

    JsonObject dry = JsonParser.parseString(ok("recover", data, "-o", "json")).getAsJsonObject();
    long index = dry.getAsJsonObject("recovered").get("index").getAsLong();
    assertThat(index).isGreaterThanOrEqualTo(left.getInfo().getAppliedIndex());
    Path file = dir.resolve("recovered.backup");
    JsonObject report =
        JsonParser.parseString(
                ok("recover", data, "--write", file.toString(), "--cluster", "town", "-o", "json"))
            .getAsJsonObject();
    assertThat(report.getAsJsonObject("recovered")).isEqualTo(dry.getAsJsonObject("recovered"));
    JsonObject verified =
        JsonParser.parseString(ok("backup", "--verify", file.toString(), "-o", "json"))
            .getAsJsonObject();
    assertThat(report.getAsJsonObject("backup")).isEqualTo(verified);

    String skip = report.get("skipIndexes").getAsString();
    for (int node = 1; node <= 3; node++) {
      restore(node, "restored-" + node, file, "--skip-indexes", skip);
    }
    goesOn(report, known, firstToken);
  }

  private void kill(int node) {
    try (ChildProgram program = Objects.requireNonNull(running.remove(node))) {
      program.kill9();
    }
  }

  private void lose(int node) throws IOException {
    kill(node);
    try (Stream<Path> files = Files.walk(dir.resolve("data-" + node))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void writeUntilItFails(KVGrpc.KVBlockingStub kv, AtomicInteger acknowledged) {
    try {
      for (int i = 1; ; i++) {
        put(kv, i);
        acknowledged.set(i);
      }
    } catch (StatusRuntimeException lost) {
      // The quorum is lost.
    }
  }

  private void goesOn(JsonObject report, int known, long firstToken) throws Exception {
    start(1, "restored-1");
    Status alone = awaitStatus(1, Status.Availability.AVAILABILITY_NOT_FORMED);
    JsonObject recovered = report.getAsJsonObject("recovered");
    assertThat(alone.getStateDigest()).isEqualTo(recovered.get("stateDigest").getAsString());
    long first = recovered.get("index").getAsLong() + report.get("skipIndexes").getAsLong();
    assertThat(alone.getInfo().getAppliedIndex()).isEqualTo(first);
    start(2, "restored-2");
    start(3, "restored-3");
    awaitAvailable();
    for (int node = 1; node <= 3; node++) {
      KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel(node));
      holdsKeys(kv, known);
      put(kv, known + 1_000_000 + node);
    }
    assertThat(token(2)).isGreaterThan(first).isGreaterThan(firstToken);
    isRecoveredAgain(first);
  }

  /** The disks of a restored cluster have another identity. */
  private void isRecoveredAgain(long first) {
    stop(3, 2, 1);
    Path file = dir.resolve("again.backup");
    String data = dir.resolve("restored-2").toString();
    assertThat(refused("recover", data, "--write", file.toString()))
        .contains("belongs to no cluster with the name synod");
    JsonObject report =
        JsonParser.parseString(
                ok("recover", data, "--write", file.toString(), "--cluster", "town", "-o", "json"))
            .getAsJsonObject();
    assertThat(report.getAsJsonObject("recovered").get("index").getAsLong()).isGreaterThan(first);
    assertThat(refused("recover", data, dir.resolve("restored-3").toString()))
        .contains("node 2 and node 3 are a quorum of the 3 voters");
    assertThat(refused("recover", data, dir.resolve("data-3").toString()))
        .contains("belong to different clusters");
  }
}

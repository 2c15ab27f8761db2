package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.ExitStatus;
import io.synod.main.InProcess;
import io.synod.processes.ChildProgram;
import io.synod.processes.FreePorts;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetRequest;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.PutRequest;
import io.synod.v1.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes whose sidecars run on directories that a test names; a test class extends it. */
abstract class RestoreScenario {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final long SKIP = 1_000_000_000L;

  // Of each class its own, since they run at the same time.
  private final Path logs = ChildProgram.logs(getClass().getSimpleName());
  private final List<Integer> ports = FreePorts.free(6);
  final String peers =
      IntStream.rangeClosed(1, 3)
          .mapToObj(node -> node + "=127.0.0.1:" + ports.get(node - 1))
          .collect(Collectors.joining(","));
  final Map<Integer, ChildProgram> running = new TreeMap<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private int starts;

  @TempDir Path dir;

  @AfterEach
  void stop() {
    running.values().forEach(ChildProgram::close);
    channels.forEach(ManagedChannel::shutdownNow);
  }

  String endpoint(int node) {
    return "127.0.0.1:" + ports.get(node + 2);
  }

  /** Starts node {@code node} on this directory. */
  void start(int node, String data) throws IOException {
    Path config = dir.resolve("config-" + node + "-" + data + ".properties");
    Files.writeString(
        config,
        """
        cluster=town
        node=%d
        peers=%s
        data=%s
        api.port=%d
        http.port=0
        """
            .formatted(node, peers, dir.resolve(data), ports.get(node + 2)));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "io.synod.main.Synod",
            "serve",
            "--exit-with-stdin",
            "--config",
            config.toString());
    running.put(node, ChildProgram.start("sidecar-" + ++starts + "-" + data, logs, command));
  }

  void stop(int... nodes) {
    for (int node : nodes) {
      ChildProgram program = running.remove(node);
      if (program != null) {
        program.close();
      }
    }
  }

  ManagedChannel channel(int node) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(endpoint(node), InsecureChannelCredentials.create()).build();
    channels.add(channel);
    return channel;
  }

  @Nullable Status status(int node) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(endpoint(node), InsecureChannelCredentials.create()).build();
    try {
      return AdminGrpc.newBlockingStub(channel)
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .getStatus(GetStatusRequest.getDefaultInstance());
    } catch (StatusRuntimeException notYet) {
      return null;
    } finally {
      channel.shutdownNow();
    }
  }

  Status awaitStatus(int node, Status.Availability availability) {
    Status[] last = new Status[1];
    await("node " + node + " is " + availability)
        .atMost(PATIENCE)
        .until(
            () -> {
              Status now = status(node);
              last[0] = now == null ? Status.getDefaultInstance() : now;
              return last[0].getAvailability() == availability;
            });
    return last[0];
  }

  void awaitAvailable() {
    for (int node = 1; node <= 3; node++) {
      awaitStatus(node, Status.Availability.AVAILABILITY_AVAILABLE);
    }
  }

  String ok(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = InProcess.run(out, err, args);
    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitStatus.OK);
    return out.toString(StandardCharsets.UTF_8);
  }

  String refused(String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = InProcess.run(new ByteArrayOutputStream(), err, args);
    assertThat(status).isNotEqualTo(ExitStatus.OK);
    return err.toString(StandardCharsets.UTF_8);
  }

  void restore(int node, String data, Path backup, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "restore",
                backup.toString(),
                "--cluster",
                "town",
                "--node",
                "" + node,
                "--peers",
                peers,
                "--data",
                dir.resolve(data).toString()));
    args.addAll(List.of(more));
    ok(args.toArray(String[]::new));
  }

  static void put(KVGrpc.KVBlockingStub kv, int number) {
    var unused =
        kv.withDeadlineAfter(10, TimeUnit.SECONDS)
            .put(
                PutRequest.newBuilder()
                    .setKey("key/" + number)
                    .setValue(ByteString.copyFromUtf8("value " + number))
                    .build());
  }

  /** Takes a lock for a moment, and returns its fencing token. */
  long token(int node) throws IOException {
    Path file = dir.resolve("token-" + ++starts);
    ProcessBuilder lock =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "io.synod.main.Synod",
            "lock",
            "printer",
            "--endpoint",
            endpoint(node),
            "--wait",
            "30s",
            "--",
            "sh",
            "-c",
            "echo $SYNOD_FENCING_TOKEN > " + file);
    try (ChildProgram program = ChildProgram.start("lock-" + starts, logs, lock.command())) {
      assertThat(program.exit(PATIENCE)).as(program.tail()).isZero();
    }
    return Long.parseLong(Files.readString(file).strip());
  }

  JsonObject backup(int node, Path file) {
    return JsonParser.parseString(
            ok("backup", file.toString(), "--endpoint", endpoint(node), "-o", "json"))
        .getAsJsonObject();
  }

  Status.@Nullable Role role(int node) {
    Status now = status(node);
    return now == null ? null : now.getRole();
  }

  /** Reads the keys 1 to {@code last}, each of which must have its value. */
  static void holdsKeys(KVGrpc.KVBlockingStub kv, int last) {
    for (int key = 1; key <= last; key++) {
      GetRequest request = GetRequest.newBuilder().setKey("key/" + key).build();
      assertThat(kv.get(request).getKv().getValue().toStringUtf8()).isEqualTo("value " + key);
    }
  }
}

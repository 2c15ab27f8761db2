package io.synod.processes;

import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One sidecar: an address and a data directory that outlive its process, which can be killed and
 * started again. To be used by one thread.
 */
public final class SidecarProcess implements AutoCloseable {
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);
  // As sidecar/bin/synod starts it.
  private static final List<String> JVM =
      List.of("-Xms64m", "-Xmx512m", "-Xss512k", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
  // A process that is soon killed spends more on the second compiler than its code gains.
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");
  private static final long STATUS_SECONDS = 2;

  private final int node;
  private final int apiPort;
  private final Path config;
  private final Path logs;
  private final Path jar;
  private final List<String> options = new ArrayList<>(JVM);
  private Optional<Path> replaced = Optional.empty();
  private @Nullable ChildProgram program;
  private @Nullable ManagedChannel channel;
  private String tailOfLast = "";

  /** Starts nothing yet. */
  SidecarProcess(int node, int apiPort, Path config, Path logs) {
    this(node, apiPort, config, logs, jar());
    options.addAll(SHORT_LIVED);
  }

  /** The same with the jar of another build and the launcher's own options, to be measured. */
  SidecarProcess(int node, int apiPort, Path config, Path logs, Path jar) {
    this.jar = jar;
    this.node = node;
    this.apiPort = apiPort;
    this.config = config;
    this.logs = logs;
  }

  /** Its number, as the id in messages. */
  public String id() {
    return Integer.toString(node);
  }

  public int node() {
    return node;
  }

  /** Where it serves the client API. */
  public String address() {
    return "127.0.0.1:" + apiPort;
  }

  /** Starts the process, which may not serve at once. */
  public void start() {
    if (isRunning()) {
      throw new IllegalStateException("sidecar " + node + " runs already");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", replaced.map(classes -> classes + ":").orElse("") + jar));
    command.addAll(List.of("io.synod.main.Synod", "serve", "--exit-with-stdin"));
    command.addAll(List.of("--config", config.toString()));
    program = ChildProgram.start("sidecar-" + node, logs, command, Map.of("LC_ALL", "C.UTF-8"));
  }

  /** Starts the process with these classes in place of those of the jar. */
  void start(Path classes) {
    replaced = Optional.of(classes);
    start();
  }

  /** Starts the process with the classes of the jar, which must end by itself; its exit status. */
  int startInVain() {
    replaced = Optional.empty();
    start();
    int status = running().exit(ANSWER_PATIENCE);
    tailOfLast = running().tail();
    program = null;
    disconnect();
    return status;
  }

  /** The end of the output of the process that ended by itself. */
  String tailOfLast() {
    return tailOfLast;
  }

  /** Kills the process by SIGKILL. */
  public void kill9() {
    running().kill9();
    program = null;
    disconnect();
  }

  /** Suspends the process. */
  public void pause() {
    running().pause();
  }

  /** Resumes the process. */
  public void resume() {
    running().resume();
  }

  public boolean isRunning() {
    return program != null && program.isAlive();
  }

  /**
   * The status of the sidecar; empty if it does not answer. Fails if its process ended by itself.
   */
  public Optional<Status> status() {
    if (program == null) {
      return Optional.empty();
    }
    if (!program.isAlive()) {
      throw new AssertionError("sidecar " + node + " ended by itself:\n" + program.tail());
    }
    try {
      return Optional.of(
          AdminGrpc.newBlockingStub(channel())
              .withDeadlineAfter(STATUS_SECONDS, TimeUnit.SECONDS)
              .getStatus(GetStatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException notServing) {
      channel().resetConnectBackoff();
      return Optional.empty();
    }
  }

  /** The status of the sidecar, once it answers. */
  public Status awaitStatus() {
    return await("sidecar " + node + " answers")
        .atMost(ANSWER_PATIENCE)
        .until(this::status, Optional::isPresent)
        .orElseThrow();
  }

  /** Its log, with a deadline for the next call. */
  public LogGrpc.LogBlockingStub log(long seconds) {
    return LogGrpc.newBlockingStub(channel()).withDeadlineAfter(seconds, TimeUnit.SECONDS);
  }

  /** A connection to its client API, to be closed by this sidecar. */
  public ManagedChannel channel() {
    if (channel == null) {
      channel = Grpc.newChannelBuilder(address(), InsecureChannelCredentials.create()).build();
    }
    return channel;
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
    disconnect();
  }

  // A new process gets a new channel, since the old one would wait before it connects again.
  private void disconnect() {
    if (channel != null) {
      channel.shutdownNow();
      channel = null;
    }
  }

  private ChildProgram running() {
    if (program == null) {
      throw new IllegalStateException("sidecar " + node + " does not run");
    }
    return program;
  }

  /** The packaged program. */
  public static Path jar() {
    Path target = ChildProgram.root().resolve("sidecar/target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("synod-sidecar-[\\d.]+\\.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no synod-sidecar jar in " + target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

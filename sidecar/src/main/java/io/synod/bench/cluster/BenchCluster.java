package io.synod.bench.cluster;

import io.grpc.StatusRuntimeException;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.LoadGenerator;
import io.synod.cli.shared.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Three processes on this machine, on loopback, each with a directory of its own on the disk. */
public final class BenchCluster implements AutoCloseable {
  public static final int MEMBERS = 3;
  private static final long STOP_SECONDS = 10;
  private static final long RETRY_MILLIS = 200;
  private static final int LOG_LINES_SHOWN = 3;

  private final BenchTarget subject;
  private final List<Endpoint> endpoints;
  private final List<ProcessBuilder> builders = new ArrayList<>();
  private final List<Process> processes = new CopyOnWriteArrayList<>();
  private final List<Path> logs = new ArrayList<>();
  private @Nullable CuttableLinks links;
  private final Thread hook = new Thread(this::stop, "stop-cluster");

  private BenchCluster(BenchTarget subject, Ports ports) {
    this.subject = subject;
    this.endpoints =
        ports.client().stream().map(port -> Endpoint.parse("127.0.0.1:" + port)).toList();
  }

  /** How to start one member of a kind of cluster. */
  public interface Recipe {
    /** The command of member {@code node}, from 1, which keeps its data in {@code dir}. */
    List<String> command(int node, Ports ports, Path dir);
  }

  /**
   * The ports of each member: for clients, for its peers, and for its metrics.
   *
   * @param dialed where its peers call each member: its own port for them, or a proxy's
   */
  record Ports(List<Integer> client, List<Integer> peer, List<Integer> http, List<Integer> dialed) {
    Ports dialedAt(List<Integer> proxies) {
      return new Ports(client, peer, http, proxies);
    }

    static Ports free() throws IOException {
      List<ServerSocket> held = new ArrayList<>();
      try {
        // All are held at once, so that none is given twice.
        for (int i = 0; i < 3 * MEMBERS; i++) {
          held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
        return new Ports(
            ports.subList(0, MEMBERS),
            ports.subList(MEMBERS, 2 * MEMBERS),
            ports.subList(2 * MEMBERS, 3 * MEMBERS),
            ports.subList(MEMBERS, 2 * MEMBERS));
      } finally {
        for (ServerSocket socket : held) {
          socket.close();
        }
      }
    }
  }

  /** Starts the members; their output goes to files beside their data. */
  public static BenchCluster start(BenchTarget subject, Recipe recipe, Path dir)
      throws IOException {
    return start(subject, recipe, dir, Map.of());
  }

  /** As above, with these variables in the members' environment. */
  public static BenchCluster start(
      BenchTarget subject, Recipe recipe, Path dir, Map<String, String> variables)
      throws IOException {
    Ports ports = Ports.free();
    BenchCluster cluster = new BenchCluster(subject, ports);
    cluster.start(recipe, ports, dir, variables);
    return cluster;
  }

  /** Starts the members so that the links between them can be cut. */
  public static BenchCluster startWithLinks(BenchTarget subject, Recipe recipe, Path dir)
      throws IOException {
    Ports ports = Ports.free();
    BenchCluster cluster = new BenchCluster(subject, ports);
    CuttableLinks proxies = new CuttableLinks(ports.peer(), cluster::handles);
    cluster.links = proxies;
    cluster.start(recipe, ports.dialedAt(proxies.ports()), dir, Map.of());
    return cluster;
  }

  private void start(Recipe recipe, Ports ports, Path dir, Map<String, String> variables)
      throws IOException {
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      for (int node = 1; node <= MEMBERS; node++) {
        Path own = Files.createDirectories(dir.resolve("node-" + node));
        Path log = dir.resolve("node-" + node + ".log");
        logs.add(log);
        ProcessBuilder builder =
            new ProcessBuilder(recipe.command(node, ports, own))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Settings of the caller's own servers and clients are not these servers'.
        builder
            .environment()
            .keySet()
            .removeIf(name -> name.startsWith("ETCD_") || name.startsWith("SYNOD_"));
        builder.environment().putAll(variables);
        builders.add(builder);
        processes.add(builder.start());
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Kills a member, from 0, as by kill -9. */
  public synchronized void kill(int member) throws InterruptedException {
    processes.get(member).destroyForcibly().waitFor();
  }

  /** Starts a member again that was killed. */
  public synchronized void restart(int member) throws IOException {
    processes.set(member, builders.get(member).start());
  }

  /** The links between the members of a cluster that was started with them. */
  public CuttableLinks links() {
    if (links == null) {
      throw new IllegalStateException("the links of this cluster cannot be cut");
    }
    return links;
  }

  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** The members' processes, in order. */
  public List<Process> processes() {
    return List.copyOf(processes);
  }

  private List<ProcessHandle> handles() {
    return processes.stream().map(Process::toHandle).toList();
  }

  /** Returns once every member has done a write; throws if one ended or time is up. */
  public void awaitReady(LoadGenerator loadGenerator, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      for (int i = 0; i < processes.size(); i++) {
        if (!processes.get(i).isAlive()) {
          throw new IOException(
              name(i) + " ended with status " + processes.get(i).exitValue() + ": " + tail(i));
        }
      }
      try {
        loadGenerator.probe(BenchOperation.PROPOSE, Duration.ofSeconds(5));
        return;
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new IOException(
              name(0) + " and its peers did not get ready in " + patience.toSeconds() + " s", e);
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  /** How a member, from 0, is called. */
  String name(int i) {
    return subject.title() + " " + (i + 1);
  }

  private String tail(int i) throws IOException {
    List<String> lines = Files.readAllLines(logs.get(i), StandardCharsets.ISO_8859_1);
    return String.join(
        " | ", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
  }

  /** Stops every process this started, and no other. */
  @Override
  public void close() {
    stop();
    if (links != null) {
      links.close();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is ending, and the hook is what runs.
    }
  }

  private synchronized void stop() {
    if (links != null) {
      links.restore();
    }
    processes.forEach(Process::destroy);
    boolean interrupted = false;
    for (Process process : processes) {
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        process.destroyForcibly().onExit().join();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

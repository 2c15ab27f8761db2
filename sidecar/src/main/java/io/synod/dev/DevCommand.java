package io.synod.dev;

import io.synod.cli.shared.ExitStatus;
import io.synod.v1.ProposeResponse;
import io.synod.v1.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code synod dev} command. */
@Command(
    name = "dev",
    description = {
      "Run a cluster on this machine, each sidecar in its own process, and show its status.",
      "",
      "Kill sidecars by their pids to see what happens; Ctrl-C stops all of them.",
      ""
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DevCommand implements Callable<Integer> {
  private static final int NODES_MAX = 9;

  @Spec CommandSpec spec;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many sidecars, such as 3 or 5. Default: ${DEFAULT-VALUE}")
  int nodes;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Keep the data in this directory. Default: a temporary one, removed at the end.")
  @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "7401",
      description = "First port to try; ports in use are replaced. Default: ${DEFAULT-VALUE}")
  int port;

  @Option(
      names = "--once",
      description = "Form the cluster, choose commands, print the table, stop and exit with 0.")
  boolean once;

  private long lastSlot;

  /** Called by picocli. */
  public DevCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (nodes < 1 || nodes > NODES_MAX) {
      throw new ParameterException(spec.commandLine(), "--nodes must be from 1 to " + NODES_MAX);
    }
    if (port < 1 || port > 65_535 - 10 * NODES_MAX) {
      throw new ParameterException(spec.commandLine(), "--port must be from 1 to 65445");
    }
    Path directory = data == null ? Files.createTempDirectory("synod-dev-") : data;
    Files.createDirectories(directory);
    DevCluster cluster = new DevCluster(nodes, port, directory.toAbsolutePath());
    Thread stop = new Thread(() -> end(cluster, directory), "synod-dev-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      return run(cluster, directory);
    } catch (DevCluster.NotFormed e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("synod: " + e.getMessage());
      err.flush();
      return ExitStatus.ERROR;
    } finally {
      if (Runtime.getRuntime().removeShutdownHook(stop)) {
        end(cluster, directory);
      }
    }
  }

  private int run(DevCluster cluster, Path directory)
      throws IOException, InterruptedException, DevCluster.NotFormed {
    PrintWriter out = spec.commandLine().getOut();
    out.println("starting " + nodes + " sidecars, data in " + directory.toAbsolutePath());
    out.flush();
    cluster.form();
    long last = 0;
    for (ChildSidecar child : cluster.children()) {
      String text = "hello from node " + child.node();
      ProposeResponse chosen = cluster.propose(child.node(), text);
      out.println(
          "chosen: '"
              + text
              + "' at index "
              + chosen.getIndex()
              + ", slot "
              + chosen.getSlot()
              + ", ballot "
              + chosen.getBallot().getRound()
              + "."
              + chosen.getBallot().getNodeId());
      out.flush();
      last = Math.max(last, chosen.getIndex());
      lastSlot = Math.max(lastSlot, chosen.getSlot());
    }
    List<@Nullable Status> statuses = cluster.awaitApplied(last);
    if (once) {
      StatusTable table = new StatusTable(cluster.children(), statuses);
      table.lines().forEach(out::println);
      out.flush();
      return ExitStatus.OK;
    }
    suggest(out, cluster);
    show(new TableScreen(out), cluster);
    return ExitStatus.OK;
  }

  private void suggest(PrintWriter out, DevCluster cluster) {
    List<ChildSidecar> children = cluster.children();
    ChildSidecar first = children.get(0);
    ChildSidecar last = children.get(children.size() - 1);
    String at = " --endpoint 127.0.0.1:";
    String synod = System.getProperty("synod.command", "synod");
    out.println();
    out.println("In another terminal:");
    out.println("  " + synod + " watch --from 1" + at + last.ports().api());
    out.println("  " + synod + " propose hello" + at + first.ports().api());
    out.println("  " + synod + " explain " + lastSlot + at + first.ports().api());
    out.println("  " + synod + " status" + at + first.ports().api());
    out.println("  curl http://127.0.0.1:" + first.ports().http() + "/metrics");
    out.println("  kill -9 PID          # of any node below; to start node 1 again:");
    out.println("  " + synod + " serve --config " + first.config());
    out.println("Ctrl-C here stops everything.");
    out.println();
    out.flush();
  }

  private static void show(TableScreen screen, DevCluster cluster) throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      screen.show(new StatusTable(cluster.children(), cluster.statuses()));
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private void end(DevCluster cluster, Path directory) {
    cluster.close();
    if (data == null) {
      remove(directory);
    }
  }

  private static void remove(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("synod: " + directory + " was not removed: " + e.getMessage());
    }
  }
}

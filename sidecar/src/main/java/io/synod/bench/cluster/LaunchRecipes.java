package io.synod.bench.cluster;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How the members of both clusters are started: as their makers ship them. */
public final class LaunchRecipes {
  /** Above what a run writes, so that etcd's default of 2 GiB does not end a long one. */
  private static final long ETCD_QUOTA_BYTES = 16L << 30;

  private LaunchRecipes() {}

  /** Sidecars, by {@code launcher serve ...}. */
  public static BenchCluster.Recipe synod(List<String> launcher) {
    return (node, ports, dir) -> {
      List<String> command = new ArrayList<>(launcher);
      command.add("serve");
      // Should this process be killed, its sidecars go with it.
      command.add("--exit-with-stdin");
      command.add("--cluster=bench");
      command.add("--node=" + node);
      command.add("--peers=" + members(ports, i -> (i + 1) + "="));
      command.add("--data=" + dir);
      command.add("--api-port=" + ports.client().get(node - 1));
      command.add("--http-port=" + ports.http().get(node - 1));
      if (!ports.dialed().equals(ports.peer())) {
        command.add("--peer-port=" + ports.peer().get(node - 1));
      }
      return command;
    };
  }

  /** etcd with its defaults: every write is synced to disk before it is answered. */
  public static BenchCluster.Recipe etcd(Path binary) {
    return (node, ports, dir) -> {
      String client = "http://127.0.0.1:" + ports.client().get(node - 1);
      return List.of(
          binary.toString(),
          "--name=m" + node,
          "--data-dir=" + dir,
          "--listen-client-urls=" + client,
          "--advertise-client-urls=" + client,
          "--listen-peer-urls=http://127.0.0.1:" + ports.peer().get(node - 1),
          "--initial-advertise-peer-urls=http://127.0.0.1:" + ports.dialed().get(node - 1),
          "--initial-cluster=" + members(ports, i -> "m" + (i + 1) + "=http://"),
          "--initial-cluster-state=new",
          "--initial-cluster-token=bench",
          "--quota-backend-bytes=" + ETCD_QUOTA_BYTES);
    };
  }

  private static String members(BenchCluster.Ports ports, IntFunction<String> prefix) {
    return IntStream.range(0, BenchCluster.MEMBERS)
        .mapToObj(i -> prefix.apply(i) + "127.0.0.1:" + ports.dialed().get(i))
        .collect(Collectors.joining(","));
  }

  /**
   * The launcher beside this program, which knows a server's options and reads further ones from
   * {@code SYNOD_JAVA_OPTS}; else this very program.
   */
  public static List<String> self() {
    return self("");
  }

  /** The same for servers whose {@code SYNOD_JAVA_OPTS} are these. */
  public static List<String> self(String javaOptions) {
    String classPath = System.getProperty("java.class.path");
    Path place = place(classPath);
    Path launcher = place == null ? null : place.resolveSibling("bin").resolve("synod");
    if (classPath.endsWith(".jar") && launcher != null && Files.isExecutable(launcher)) {
      return List.of(launcher.toString());
    }
    return withoutLauncher(javaOptions);
  }

  /** This very program in a JVM with these options, which no other program reads then. */
  public static List<String> withoutLauncher(String javaOptions) {
    String java =
        ProcessHandle.current()
            .info()
            .command()
            .orElse(System.getProperty("java.home") + "/bin/java");
    List<String> command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC"));
    if (!javaOptions.isBlank()) {
      command.addAll(List.of(javaOptions.strip().split("\\s+", -1)));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.synod.main.Synod"));
    return command;
  }

  /** The folder of this program's classes; {@code sidecar/target} in a clone of the project. */
  private static @Nullable Path place(String classPath) {
    return Path.of(classPath.split(File.pathSeparator, -1)[0]).toAbsolutePath().getParent();
  }

  /** A file of the clone that this program was built in; null if it stands elsewhere. */
  static @Nullable Path inClone(String file) {
    Path place = place(System.getProperty("java.class.path"));
    Path sidecar = place == null ? null : place.getParent();
    Path found = sidecar == null ? null : sidecar.resolveSibling(file);
    return found != null && Files.isExecutable(found) ? found : null;
  }

  /** The program of this name on the PATH; null if there is none. */
  public static @Nullable Path onPath(String name) {
    String path = System.getenv("PATH");
    for (String dir : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
      Path candidate = Path.of(dir.isEmpty() ? "." : dir, name);
      if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return null;
  }
}

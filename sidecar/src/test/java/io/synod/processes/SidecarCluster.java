package io.synod.processes;

import static org.awaitility.Awaitility.await;

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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A cluster of sidecar processes on loopback. To be used by one thread. */
public final class SidecarCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);

  private final List<SidecarProcess> all = new ArrayList<>();

  /**
   * Starts three sidecars, numbered from 1.
   *
   * @param folder the directory for data and configuration
   * @param logs the directory for their output
   */
  public static SidecarCluster three(Path folder, Path logs) {
    return three(folder, logs, Map.of());
  }

  /** Starts three sidecars with these further configuration keys. */
  public static SidecarCluster three(Path folder, Path logs, Map<String, String> more) {
    SidecarCluster sidecarCluster = new SidecarCluster(3, folder, logs, more);
    sidecarCluster.all.forEach(SidecarProcess::start);
    return sidecarCluster;
  }

  private SidecarCluster(int count, Path folder, Path logs, Map<String, String> more) {
    List<Integer> ports = FreePorts.free(2 * count);
    String peers =
        IntStream.rangeClosed(1, count)
            .mapToObj(node -> node + "=127.0.0.1:" + ports.get(2 * node - 1))
            .collect(Collectors.joining(","));
    for (int node = 1; node <= count; node++) {
      int apiPort = ports.get(2 * node - 2);
      Path config = folder.resolve("sidecar-" + node + ".properties");
      String keys =
          """
          cluster=it
          node=%d
          peers=%s
          data=%s
          api.port=%d
          http.port=0
          """
              .formatted(node, peers, folder.resolve("data-" + node), apiPort);
      for (Map.Entry<String, String> key : more.entrySet()) {
        keys += key.getKey() + "=" + key.getValue() + "\n";
      }
      try {
        Files.writeString(config, keys);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      all.add(new SidecarProcess(node, apiPort, config, logs));
    }
  }

  /** All sidecars, whether they run or not. */
  public List<SidecarProcess> all() {
    return List.copyOf(all);
  }

  /** The sidecar with this number. */
  public SidecarProcess node(int number) {
    return all.get(number - 1);
  }

  /** All sidecars but this one. */
  public List<SidecarProcess> others(SidecarProcess one) {
    return all.stream().filter(other -> other != one).toList();
  }

  /** Waits until a sidecar leads and every running one follows it, and returns it. */
  public SidecarProcess awaitLeader() {
    return await("a leader that all follow")
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(this::leader, Optional::isPresent)
        .orElseThrow();
  }

  /** Waits until this sidecar serves and has applied the entry with this index. */
  public void awaitApplied(SidecarProcess sidecar, long index) {
    await("sidecar " + sidecar.node() + " has applied index " + index)
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(() -> appliedIndex(sidecar) >= index);
  }

  /** The highest applied index of the sidecars that answer. */
  public long appliedIndex() {
    return all.stream().mapToLong(SidecarCluster::appliedIndex).max().orElse(0);
  }

  @Override
  public void close() {
    all.forEach(SidecarProcess::close);
  }

  private static long appliedIndex(SidecarProcess sidecar) {
    return sidecar.status().map(status -> status.getInfo().getAppliedIndex()).orElse(0L);
  }

  private Optional<SidecarProcess> leader() {
    List<SidecarProcess> running = all.stream().filter(SidecarProcess::isRunning).toList();
    List<Status> answers = running.stream().flatMap(one -> one.status().stream()).toList();
    List<Status> leading =
        answers.stream().filter(status -> status.getRole() == Status.Role.ROLE_LEADER).toList();
    if (answers.size() < running.size() || leading.size() != 1) {
      return Optional.empty();
    }
    var leader = leading.get(0).getInfo();
    boolean followed =
        answers.stream()
            .allMatch(status -> status.getInfo().getLeader().equals(leader.getLeader()));
    return running.stream()
        .filter(one -> followed && one.id().equals(leader.getNodeId()))
        .findAny();
  }
}

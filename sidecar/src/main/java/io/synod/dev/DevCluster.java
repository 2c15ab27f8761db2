package io.synod.dev;

import io.grpc.StatusRuntimeException;
import io.synod.v1.ProposeResponse;
import io.synod.v1.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sidecars of one {@code synod dev}. It is used by one thread; any thread may close it. */
final class DevCluster implements AutoCloseable {
  private static final long FORM_SECONDS = 90;
  private static final long POLL_MILLIS = 200;

  private final List<ChildSidecar> children = new ArrayList<>();
  private final List<StatusProbe> probes = new ArrayList<>();

  /** Prepares {@code nodes} sidecars with their data below {@code directory}. */
  DevCluster(int nodes, int firstPort, Path directory) throws IOException {
    List<SidecarPorts> ports = SidecarPorts.choose(nodes, firstPort);
    for (int node = 1; node <= nodes; node++) {
      children.add(new ChildSidecar(node, ports, directory));
      probes.add(new StatusProbe(ports.get(node - 1).api()));
    }
  }

  List<ChildSidecar> children() {
    return children;
  }

  /** Starts all sidecars, and returns once all follow one leader. */
  void form() throws IOException, InterruptedException, NotFormed {
    for (ChildSidecar child : children) {
      child.start();
    }
    await(
        statuses ->
            statuses.stream().allMatch(status -> status != null && status.getInfo().hasLeader()));
  }

  /** Proposes the text at {@code node}. */
  ProposeResponse propose(int node, String text) throws NotFormed {
    try {
      return probes.get(node - 1).propose(text);
    } catch (StatusRuntimeException e) {
      throw new NotFormed("node " + node + " could not get a command chosen: " + e.getStatus());
    }
  }

  /** Waits until every node has applied the entry with this index; returns their statuses. */
  List<@Nullable Status> awaitApplied(long index) throws InterruptedException, NotFormed {
    return await(
        statuses ->
            statuses.stream()
                .allMatch(status -> status != null && status.getInfo().getAppliedIndex() >= index));
  }

  private List<@Nullable Status> await(Predicate<List<@Nullable Status>> reached)
      throws InterruptedException, NotFormed {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FORM_SECONDS);
    List<@Nullable Status> statuses = statuses();
    while (!reached.test(statuses)) {
      for (ChildSidecar child : children) {
        if (!child.isAlive()) {
          throw new NotFormed(
              "node " + child.node() + " " + child.ending() + ": " + child.lastLine());
        }
      }
      if (System.nanoTime() > deadline) {
        throw new NotFormed("the cluster did not form within " + FORM_SECONDS + " s");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      statuses = statuses();
    }
    return statuses;
  }

  /** The status of each node; null if it does not answer. */
  List<@Nullable Status> statuses() {
    List<@Nullable Status> statuses = new ArrayList<>();
    for (StatusProbe probe : probes) {
      statuses.add(probe.status());
    }
    return statuses;
  }

  /** Stops the sidecars that still run. */
  @Override
  public void close() {
    probes.forEach(StatusProbe::close);
    children.forEach(ChildSidecar::stop);
    children.forEach(ChildSidecar::awaitEnd);
  }

  /** The cluster did not form, or did not choose a command; the message is one line. */
  static final class NotFormed extends Exception {
    private static final long serialVersionUID = 1L;

    NotFormed(String message) {
      super(message);
    }
  }
}

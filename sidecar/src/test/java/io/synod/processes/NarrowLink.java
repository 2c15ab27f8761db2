package io.synod.processes;

import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.Status;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark of three sidecar processes with slow links between them: how much of a load above the
 * links' bandwidth is acknowledged, and how long a node needs to catch up.
 *
 * <p>{@code NarrowLink JAR...} measures the sidecar of each jar, so that two builds are compared in
 * one run.
 */
public final class NarrowLink {
  private static final PrintStream OUT = System.out;
  private static final double MB = 1e6;
  private static final long LOAD_LINK = 12_000_000;
  private static final long LOAD_OFFERED = 14_000_000;
  private static final int LOAD_SECONDS = 20;
  private static final long CATCH_UP_LINK = 3_000_000;
  private static final long CATCH_UP_BYTES = 48_000_000;
  private static final int CATCH_UP_SECONDS_MAX = 90;
  private static final int COMMAND_BYTES = 16 << 10;
  private static final int NODES = 3;

  private final Path folder;
  private final Map<Integer, Map<Integer, Throttle>> links = new TreeMap<>();
  private final List<SidecarProcess> sidecars = new ArrayList<>();

  private NarrowLink(Path jar, long bytesPerSecond) throws IOException {
    this.folder = Files.createTempDirectory("narrow");
    List<Integer> ports = FreePorts.free(2 * NODES);
    for (int node = 1; node <= NODES; node++) {
      StringBuilder peers = new StringBuilder();
      Map<Integer, Throttle> from = new TreeMap<>();
      for (int other = 1; other <= NODES; other++) {
        int port = ports.get(2 * other - 1);
        if (other != node) {
          Throttle link = new Throttle(port, bytesPerSecond);
          from.put(other, link);
          port = link.port();
        }
        peers.append(other > 1 ? "," : "").append(other).append("=127.0.0.1:").append(port);
      }
      links.put(node, from);
      int apiPort = ports.get(2 * node - 2);
      Path config = folder.resolve("sidecar-" + node + ".properties");
      Files.writeString(
          config,
          "cluster=narrow\nnode=%d\npeers=%s\ndata=%s\napi.port=%d\nhttp.port=0\n"
              .formatted(node, peers, folder.resolve("data-" + node), apiPort));
      sidecars.add(new SidecarProcess(node, apiPort, config, folder.resolve("logs"), jar));
    }
    sidecars.forEach(SidecarProcess::start);
  }

  /** Runs both measurements with each jar. */
  public static void main(String[] jars) throws IOException {
    for (String jar : jars) {
      OUT.println(jar);
      new NarrowLink(Path.of(jar), LOAD_LINK).load();
      new NarrowLink(Path.of(jar), CATCH_UP_LINK).catchUp();
    }
  }

  private void load() throws IOException {
    SidecarProcess leader = leader();
    Load load = new Load(leader);
    load.offer(LOAD_OFFERED, 3);
    long before = load.acknowledged.get();
    long transferred = transferred(leader);
    long begun = System.nanoTime();
    load.offer(LOAD_OFFERED, LOAD_SECONDS);
    double seconds = (System.nanoTime() - begun) / 1e9;
    OUT.printf(
        Locale.ROOT,
        "  links of %.0f MB/s, %.0f MB/s offered: %.2f MB/s acknowledged, %.2f MB/s sent to each%n",
        LOAD_LINK / MB,
        LOAD_OFFERED / MB,
        (load.acknowledged.get() - before) / MB / seconds,
        (transferred(leader) - transferred) / MB / seconds / (NODES - 1));
    close();
  }

  private void catchUp() throws IOException {
    SidecarProcess leader = leader();
    SidecarProcess behind = sidecars.get(leader.node() % NODES);
    cut(behind, true);
    Load load = new Load(leader);
    while (load.acknowledged.get() < CATCH_UP_BYTES) {
      load.offer(CATCH_UP_LINK * 8 / 10, 1);
    }
    load.awaitIdle();
    long bytes = load.acknowledged.get();
    long through = applied(leader);
    cut(behind, false);
    long begun = System.nanoTime();
    long transferred = transferredTo(behind);
    double seconds = 0;
    while (applied(behind) < through && seconds < CATCH_UP_SECONDS_MAX) {
      LockSupport.parkNanos(100_000_000L);
      seconds = (System.nanoTime() - begun) / 1e9;
    }
    boolean done = applied(behind) >= through;
    OUT.printf(
        Locale.ROOT,
        "  links of %.0f MB/s, %.1f MB lacking: %s %.1f s (ideal %.1f s), %.1f MB sent to it%n",
        CATCH_UP_LINK / MB,
        bytes / MB,
        done ? "caught up in" : "not caught up after",
        seconds,
        bytes / (double) CATCH_UP_LINK,
        (transferredTo(behind) - transferred) / MB);
    close();
  }

  private void cut(SidecarProcess one, boolean now) throws IOException {
    for (Map.Entry<Integer, Map<Integer, Throttle>> from : links.entrySet()) {
      for (Map.Entry<Integer, Throttle> to : from.getValue().entrySet()) {
        if (from.getKey() == one.node() || to.getKey() == one.node()) {
          to.getValue().cut(now);
        }
      }
    }
  }

  private long transferred(SidecarProcess from) {
    Map<Integer, Throttle> there = links.getOrDefault(from.node(), Map.of());
    return there.values().stream().mapToLong(Throttle::transferred).sum();
  }

  private long transferredTo(SidecarProcess to) {
    long sum = 0;
    for (Map<Integer, Throttle> from : links.values()) {
      Throttle link = from.get(to.node());
      sum += link == null ? 0 : link.transferred();
    }
    return sum;
  }

  private static long applied(SidecarProcess sidecar) {
    return sidecar.status().map(status -> status.getInfo().getAppliedIndex()).orElse(0L);
  }

  private SidecarProcess leader() {
    return await("a leader")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                sidecars.stream()
                    .filter(
                        one ->
                            one.status().map(Status::getRole).orElse(Status.Role.ROLE_FOLLOWER)
                                == Status.Role.ROLE_LEADER)
                    .findFirst(),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  private void close() throws IOException {
    sidecars.forEach(SidecarProcess::close);
    for (Map<Integer, Throttle> from : links.values()) {
      for (Throttle link : from.values()) {
        link.close();
      }
    }
  }

  /** An open-loop load: commands at a steady rate, independent of answers. */
  private static final class Load {
    private static final int UNDER_WAY_MAX = 4_000;
    private final LogGrpc.LogFutureStub log;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicInteger underWay = new AtomicInteger();
    private final ByteString command = ByteString.copyFrom(new byte[COMMAND_BYTES]);

    Load(SidecarProcess leader) {
      this.log = LogGrpc.newFutureStub(leader.channel());
    }

    void offer(long bytesPerSecond, int seconds) {
      long begun = System.nanoTime();
      long count = bytesPerSecond * seconds / COMMAND_BYTES;
      long pace = TimeUnit.SECONDS.toNanos(seconds) / count;
      for (long sent = 0; sent < count; sent++) {
        LockSupport.parkNanos(begun + sent * pace - System.nanoTime());
        if (underWay.get() < UNDER_WAY_MAX) {
          propose();
        }
      }
    }

    private void propose() {
      underWay.incrementAndGet();
      ListenableFuture<ProposeResponse> answer =
          log.withDeadlineAfter(30, TimeUnit.SECONDS)
              .propose(ProposeRequest.newBuilder().setCommand(command).build());
      Futures.addCallback(
          answer,
          new FutureCallback<>() {
            @Override
            public void onSuccess(@Nullable ProposeResponse done) {
              acknowledged.addAndGet(COMMAND_BYTES);
              underWay.decrementAndGet();
            }

            @Override
            public void onFailure(Throwable failed) {
              underWay.decrementAndGet();
            }
          },
          MoreExecutors.directExecutor());
    }

    void awaitIdle() {
      await("answers").atMost(Duration.ofSeconds(60)).until(() -> underWay.get() == 0);
    }
  }
}

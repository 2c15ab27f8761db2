package io.synod.sim.workload;

import io.synod.runtime.node.Node;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A simulated application: it calls the sidecar on one host, and moves to another if it must. */
public abstract class SimulatedClient {
  static final long MILLIS = 1_000_000L;

  public final World world;
  public final Workload workload;
  final Rng rng;
  private final Map<Long, Owed> pending = new LinkedHashMap<>();
  private @Nullable Host at;
  private long called;
  private int underWay;
  private boolean resting;

  /** A call in flight on a host, and the callback for the end of its process. */
  private record Owed(Host host, AnswerDeadline deadline, Runnable lost) {}

  public SimulatedClient(Workload workload, Rng rng) {
    this.world = workload.world();
    this.workload = workload;
    this.rng = rng;
  }

  /** Takes the next step. */
  final void step() {
    if (resting) {
      retire();
      return;
    }
    world.count(2_000);
    Host host = host();
    Node node = host == null ? null : nodeAt(host);
    if (host == null || node == null) {
      later(20 * MILLIS, this::step);
    } else {
      act(host, node);
    }
  }

  /** Takes a step at this host, and schedules the next one. */
  protected abstract void act(Host host, Node node);

  /** Stops new operations. */
  final void rest() {
    resting = true;
    retire();
  }

  /** Called once no operation begins any more. */
  void retire() {}

  /** Whether no operation is in flight. */
  public boolean isIdle() {
    return pending.isEmpty() && underWay == 0;
  }

  void operationBegan() {
    underWay++;
  }

  void operationEnded() {
    underWay--;
  }

  // ---- calls

  /**
   * Makes a call, and passes on its answer unless the process ends before.
   *
   * @param call gets the deadline
   */
  final <T> void call(
      Host host, Function<Duration, CompletableFuture<T>> call, Consumer<T> taken, Runnable lost) {
    long number = ++called;
    Duration patience = patience();
    pending.put(number, new Owed(host, new AnswerDeadline(world, host, patience), lost));
    CompletableFuture<Void> unused =
        call.apply(patience)
            .thenAccept(
                value -> {
                  workload.linearizable.at(world.now());
                  if (pending.remove(number) != null) {
                    workload.guard(() -> taken.accept(value));
                  }
                });
  }

  /** The process on this host took a turn. */
  void turned(Host host, long beganNanos) {
    for (Owed one : pending.values()) {
      if (one.host() == host) {
        one.deadline().turned(beganNanos);
      }
    }
  }

  /** The process on this host ended. */
  void lost(Host host) {
    List<Runnable> consequences = new ArrayList<>();
    pending
        .values()
        .removeIf(
            one -> {
              boolean here = one.host() == host;
              if (here) {
                consequences.add(one.lost());
              }
              return here;
            });
    consequences.forEach(Runnable::run);
  }

  // ---- steps

  /** The host to call, mostly the same as before; null if none is reachable. */
  final @Nullable Host host() {
    Host now = at;
    if (now == null || !isReachable(now) || rng.below(12) == 0) {
      int first = rng.below(world.hosts().size());
      for (int i = 0; i < world.hosts().size(); i++) {
        Host other = world.hosts().get((first + i) % world.hosts().size());
        if (isReachable(other)) {
          at = other;
          return other;
        }
      }
      at = null;
    }
    return at;
  }

  /** Calls any host next: this one says that it cannot serve. */
  final void leaveHost() {
    at = null;
  }

  private boolean isReachable(Host host) {
    return host.isUp() && host.isServed();
  }

  static @Nullable public Node nodeAt(Host host) {
    SimulatedProcess process = host.process();
    return process == null ? null : process.node().node();
  }

  protected Duration patience() {
    return Duration.ofNanos(rng.between(200, 2_500) * MILLIS);
  }

  final void later(long nanos, Runnable action) {
    world.eventQueue().in(nanos, action);
  }

  /** Schedules the next step after a pause. */
  final void pause() {
    later(rng.around(world.profile().thinkNanos), this::step);
  }
}

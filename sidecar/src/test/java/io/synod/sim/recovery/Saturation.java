package io.synod.sim.recovery;

import io.synod.paxos.value.Proposal;
import io.synod.runtime.node.Node;
import io.synod.sim.check.Violation;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.Bandwidth;
import io.synod.sim.workload.Operation;
import io.synod.sim.workload.SimulatedClient;
import io.synod.sim.workload.Workload;
import io.synod.state.command.Entry;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks I19 on links of limited bandwidth after the end of faults: a load of the links' full
 * bandwidth is completed, and afterwards a node that was disconnected has caught up. Each takes at
 * most a stated multiple of the time that the bytes need on one link. Messages that are sent again
 * while their originals still wait would exceed that bound.
 */
final class Saturation {
  private static final int TIMEOUTS = 6;
  // The load that waits at once takes this many election time-outs, which exceeds the shortest
  // deadline.
  private static final int TIMEOUTS_WAITING = 3;

  private final World world;
  private final Workload workload;
  private final BoundedWait wait;
  private final Convergence convergence;
  private final Rng rng;
  private final long timeout;

  Saturation(Workload workload, BoundedWait wait, Rng rng) {
    this.world = workload.world();
    this.workload = workload;
    this.wait = wait;
    this.convergence = new Convergence(world);
    this.rng = rng;
    this.timeout = world.profile().settings.electionTimeoutNanos();
  }

  void run() {
    wait.await("a leader for the load", 4 * timeout, convergence::hasLeader);
    Host leader = leader();
    Host left = spared(leader);
    if (left == null) {
      return;
    }
    world.trace(() -> "load at node " + leader.node + ", without node " + left.node);
    world.network().isolate(left.node);
    left.serve(false);
    long bytes = load(leader);
    world.network().heal(world.now());
    left.serve(true);
    catchUp(left);
    world.trace(() -> "caught up after " + bytes + " bytes");
  }

  private Host leader() {
    for (Host host : world.hosts()) {
      if (Convergence.isLeader(host)) {
        return host;
      }
    }
    throw new Violation("I19", "the leader is gone");
  }

  /** A voter that is not needed for a quorum; null if every voter is needed. */
  private @Nullable Host spared(Host leader) {
    int able = 0;
    for (Host host : world.hosts()) {
      able += votes(host) ? 1 : 0;
    }
    List<Host> spared = new ArrayList<>();
    for (Host host : world.hosts()) {
      boolean needed = votes(host) && able <= world.profile().voters / 2 + 1;
      if (host != leader && !needed) {
        spared.add(host);
      }
    }
    return spared.isEmpty() ? null : spared.get(rng.below(spared.size()));
  }

  private static boolean votes(Host host) {
    return host.voter && !host.isForgotten();
  }

  private long load(Host leader) {
    Bandwidth bandwidth = world.profile().bandwidth;
    long first = world.checkers().chosenLog().prefix();
    long bytes = TIMEOUTS * timeout / 1_000_000 * bandwidth.bytesPerSecond() / 1_000;
    int underWay = (int) (bytes * TIMEOUTS_WAITING / TIMEOUTS / world.profile().payloadBytesMax);
    Loader loader = new Loader(workload, rng, leader, bytes, underWay);
    loader.begin();
    long ideal = bandwidth.nanos(bytes);
    long begun = world.now();
    wait.await("a load of " + bytes + " bytes", 3 * ideal / 2 + 2 * timeout, loader::isDone);
    world.trace(
        () -> "load: " + 100 * (world.now() - begun) / ideal + " % of the ideal from " + first);
    return bytes;
  }

  private void catchUp(Host left) {
    Bandwidth bandwidth = world.profile().bandwidth;
    long begun = world.now();
    long through = world.checkers().chosenLog().prefix();
    SimulatedProcess process = left.process();
    long bytes = 0;
    for (long slot = process == null ? 1 : process.node().appliedSlot() + 1;
        slot <= through;
        slot++) {
      Proposal chosen = world.checkers().chosenLog().chosen(slot);
      bytes += chosen == null ? 0 : chosen.batch().size();
    }
    long ideal = bandwidth.nanos(bytes);
    wait.await(
        "node " + left.node + ", which lacks " + bytes + " bytes,",
        3 * ideal / 2 + 3 * timeout,
        () -> {
          SimulatedProcess now = left.process();
          return now != null && now.node().appliedSlot() >= through;
        });
    world.trace(() -> "catch-up: " + 100 * (world.now() - begun) / Math.max(1, ideal) + " %");
  }

  /** Proposes this many bytes at one node, several commands at a time. */
  private static final class Loader extends SimulatedClient {
    private final Host at;
    private long left;
    private final int underWayMax;
    private int underWay;

    Loader(Workload workload, Rng rng, Host at, long bytes, int underWayMax) {
      super(workload, rng);
      this.at = at;
      this.left = bytes;
      this.underWayMax = underWayMax;
    }

    void begin() {
      while (left > 0 && underWay < underWayMax) {
        next();
      }
    }

    private void next() {
      Node node = nodeAt(at);
      if (node == null) {
        throw new Violation("I19", "node " + at.node + " is gone");
      }
      int bytes = world.profile().payloadBytesMax;
      left -= bytes;
      underWay++;
      long operation = workload.nextOperation();
      Payload payload = SubmittedCommand.payload(operation, bytes);
      Operation.Order order = Operation.Order.of(operation, Entry.Kind.COMMAND, payload);
      new Operation(
              this,
              order,
              outcome -> {
                underWay--;
                begin();
              })
          .begin(at, node);
    }

    /** A client that gives up proposes again what still waits, which the links then carry too. */
    @Override
    protected Duration patience() {
      return Duration.ofMinutes(1);
    }

    boolean isDone() {
      return left <= 0 && underWay == 0;
    }

    @Override
    protected void act(Host host, Node node) {}
  }
}

package io.synod.sim.recovery;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.State;
import io.synod.state.StateWriter;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks I26: a node whose state was altered in memory serves nothing once it knows that, takes the
 * state anew from a peer whose state a quorum has, and then serves again. A node with an altered
 * state offers that state to nodes in quarantine.
 */
public final class WrongStates {
  private final World world;
  // The process of each host that was last seen in quarantine with an altered state.
  private final Map<Host, SimulatedProcess> knowing = new HashMap<>();

  public WrongStates(World world) {
    this.world = world;
  }

  /** A process took a turn. */
  public void turned(Host host) {
    SimulatedProcess process = host.process();
    host.observedNode.quarantined(isQuarantined(host));
    if (process == null || !host.observedNode.isAltered()) {
      knowing.remove(host);
    } else if (process.node().node().reads().isQuarantined()) {
      knowing.put(host, process);
    } else if (process == knowing.get(host)) {
      throw new Violation("I26", "node " + host.node + " serves a state that it knows is wrong");
    }
  }

  /** Replaces the answer of a node with an altered state that it has no snapshot. */
  public Message spoken(Host host, int to, Message message) {
    SimulatedProcess process = host.process();
    boolean lies =
        host.observedNode.isAltered()
            && message instanceof Message.SnapshotPage page
            && page.total() < 0
            && isQuarantined(world.host(to));
    if (process == null || !lies) {
      return message;
    }
    world.mark(CoverageMark.WRONG_STATE_OFFERED);
    State state = process.node().node().reads().state();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    StateWriter.chunks(state).forEachRemaining(all::writeBytes);
    State.Mark mark = state.mark();
    return new Message.SnapshotPage(
        ((Message.SnapshotPage) message).id(),
        new SnapshotMark(mark.slot(), mark.index(), mark.logTimeMillis(), mark.digest()),
        all.size(),
        sha256(all.toByteArray()),
        0,
        Bytes.of(all.toByteArray()));
  }

  private static Bytes sha256(byte[] bytes) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isQuarantined(Host host) {
    SimulatedProcess process = host.process();
    return process != null && process.node().node().reads().isQuarantined();
  }

  /** Whether a voter whose state is right is linked to a quorum, so that it can be elected. */
  boolean mayElect() {
    return world.hosts().stream().anyMatch(host -> isRightVoter(host) && reachesQuorum(host));
  }

  private boolean reachesQuorum(Host host) {
    int reached = 0;
    for (Host other : world.hosts()) {
      boolean linked =
          world.network().carries(host.node, other.node)
              && world.network().carries(other.node, host.node);
      reached += isAble(other) && linked ? 1 : 0;
    }
    return reached > world.profile().voters / 2;
  }

  /** Whether every node that can be served has a right state, unless no quorum has one. */
  boolean areMended() {
    long right = world.hosts().stream().filter(WrongStates::isRightVoter).count();
    return right <= world.profile().voters / 2 || areAllMended();
  }

  /** Whether every node that can be served has a right state, and serves. */
  boolean areAllMended() {
    return world.hosts().stream().noneMatch(host -> host.isServed() && isWrong(host));
  }

  private static boolean isWrong(Host host) {
    return host.observedNode.isAltered() || isQuarantined(host);
  }

  private static boolean isAble(Host host) {
    return host.voter && host.isServed() && host.isUp() && !host.isForgotten();
  }

  private static boolean isRightVoter(Host host) {
    return isAble(host) && !isWrong(host);
  }
}

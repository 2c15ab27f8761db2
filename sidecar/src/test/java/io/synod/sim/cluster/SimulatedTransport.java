package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.FaultProfile;
import io.synod.transport.MalformedFrame;
import io.synod.transport.WireCodec;

/**
 * Carries messages between processes as encoded frames. A frame may be lost, delayed or duplicated,
 * as the profile allows.
 */
public final class SimulatedTransport {
  private static final long MICROS = 1_000L;
  private static final int REFUSAL_LOST_ONE_IN = 4;

  private final World world;
  private final Turns turns;
  private final Surroundings surroundings;
  private final Rng rng;
  private final WireCodec codec = new WireCodec(World.CLUSTER);
  private final LimitedLinks limitedLinks;
  private Object lastMessage = this;
  private byte[] lastFrame = new byte[0];

  SimulatedTransport(World world, Turns turns, Surroundings surroundings, Rng rng) {
    this.world = world;
    this.turns = turns;
    this.surroundings = surroundings;
    this.rng = rng;
    this.limitedLinks =
        new LimitedLinks(world, (from, to, frame) -> deliver(from, to, world.now(), frame));
  }

  /** Sends a message; false if it is dropped at once, as the sender is told. */
  boolean send(Host host, int to, Message sent, long formation) {
    Message message = surroundings.onSent(host, to, sent);
    int from = host.node;
    if (to < 1 || to > world.hosts().size()) {
      throw new Violation("CHECK", "node " + from + " sends to node " + to);
    }
    world.coverage().onSent(message);
    surroundings.speaking(host, message);
    if (!world.network().carries(from, to)) {
      return true;
    }
    if (message != lastMessage) {
      lastMessage = message;
      lastFrame =
          codec.encode(
              new Input.Received(from, host.observedNode.incarnation(), formation, message));
    }
    byte[] frame = lastFrame;
    if (world.profile().bandwidth.isLimited()) {
      return limitedLinks.offer(from, to, message, frame);
    }
    deliver(from, to, world.now() + host.clock.spent(), frame);
    return true;
  }

  /** Sends a frame on its way. */
  private void deliver(int from, int to, long depart, byte[] frame) {
    FaultProfile profile = world.profile();
    boolean rough = !world.isCalm();
    if (!world.network().carries(from, to)) {
      return;
    }
    if (rough && rng.chance(profile.lossPerMillion)) {
      world.network().disturbed(from, to, world.now());
      return;
    }
    long sent = world.now();
    world.eventQueue().at(depart + delay(from, to, rough), () -> deliver(sent, to, frame));
    if (rough && rng.chance(profile.duplicatePerMillion)) {
      world.eventQueue().at(depart + delay(from, to, true) * 3, () -> deliver(sent, to, frame));
    }
  }

  /**
   * Replaces the connections between two nodes in both directions. Queued frames are lost, and each
   * of the two is told so once.
   */
  public void reconnected(int one, int other) {
    if (world.profile().bandwidth.isLimited()) {
      limitedLinks.clear(one, other);
      limitedLinks.clear(other, one);
    }
    world.eventQueue().in(delay(one, other, false), () -> tellReconnected(one, other));
  }

  private void tellReconnected(int one, int other) {
    if (world.network().carries(one, other) && world.network().carries(other, one)) {
      offer(one, other);
      offer(other, one);
    }
  }

  private void offer(int node, int peer) {
    SimulatedProcess process = world.host(node).process;
    if (process != null && world.host(peer).isUp()) {
      process.connected(peer, world.host(peer).supportedLevel());
    }
    offer(node, new Input.Reconnected(peer));
  }

  private void offer(int node, Input input) {
    SimulatedProcess process = world.host(node).process;
    if (process != null) {
      process.offer(input);
    }
  }

  /**
   * The process of a node ended while its host runs on: nodes that reach the host learn that it
   * refuses connections. While there are faults, some learn it late, and some do not.
   */
  void refused(int ended) {
    for (Host other : world.hosts()) {
      int node = other.node;
      boolean rough = !world.isCalm();
      if (node != ended && !(rough && rng.below(REFUSAL_LOST_ONE_IN) == 0)) {
        world.eventQueue().in(2 * delay(node, ended, rough), () -> learnsRefusal(node, ended));
      }
    }
  }

  private void learnsRefusal(int node, int ended) {
    if (world.network().carries(node, ended) && world.network().carries(ended, node)) {
      world.trace(() -> "node " + ended + " refuses the connection of node " + node);
      offer(node, new Input.ConnectionRefused(ended));
    }
  }

  private long delay(int from, int to, boolean rough) {
    FaultProfile profile = world.profile();
    long base = rng.between(30 * MICROS, 600 * MICROS);
    if (rough && rng.chance(profile.delayedPerMillion)) {
      world.network().disturbed(from, to, world.now());
      return base + rng.around(profile.delayNanos);
    }
    if (rough && rng.chance(profile.stalePerMillion)) {
      world.network().disturbed(from, to, world.now());
      return base + rng.around(3_000_000_000L);
    }
    return base;
  }

  private void deliver(long sent, int to, byte[] frame) {
    Host host = world.host(to);
    if (sent < world.calmSince() && world.now() > world.calmSince() + 500_000 * MICROS) {
      // Half a second after the end of faults, frames from before are dropped.
      return;
    }
    world.count(frame.length * 64L + to);
    if (!host.isUp()) {
      return;
    }
    try {
      Input.Received received = codec.decode(frame);
      world.trace(() -> received.from() + " -> " + to + "  " + received.message());
      host.inbox.add(received);
    } catch (MalformedFrame malformed) {
      throw new Violation("WIRE", "a frame that was sent cannot be read: " + malformed);
    }
    turns.book(host, world.now() + 20 * MICROS);
  }
}

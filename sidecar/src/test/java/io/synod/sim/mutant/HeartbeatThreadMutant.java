package io.synod.sim.mutant;

import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Peers;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.cluster.World;
import java.util.HashMap;
import java.util.Map;

/** A thread of its own keeps sending heartbeats while the loop waits for its disk. */
final class HeartbeatThreadMutant implements InputMutant {
  @Override
  public NodePorts ports(NodePorts ports, World world, Host host) {
    Peers peers = new Greeter(ports.peers(), world, host, host.observedNode.process());
    return new NodePorts(ports.journal(), peers, ports.clock(), ports.observer(), ports.mailbox());
  }

  private static final class Greeter implements Peers {
    private final Peers peers;
    private final World world;
    private final Host host;
    private final int process;
    private final Map<Integer, Message.Heartbeat> last = new HashMap<>();

    private Greeter(Peers peers, World world, Host host, int process) {
      this.peers = peers;
      this.world = world;
      this.host = host;
      this.process = process;
    }

    @Override
    public boolean send(int to, Message message) {
      boolean taken = peers.send(to, message);
      if (message instanceof Message.Heartbeat heartbeat) {
        last.put(to, heartbeat);
        later(to, heartbeat);
      }
      return taken;
    }

    @Override
    public void formed(Formation formed) {
      peers.formed(formed);
    }

    @Override
    public void requireLevel(int level) {
      peers.requireLevel(level);
    }

    @Override
    public int supportedLevel(int peer) {
      return peers.supportedLevel(peer);
    }

    private void later(int to, Message.Heartbeat heartbeat) {
      world.eventQueue().in(world.profile().settings.heartbeatNanos(), () -> again(to, heartbeat));
    }

    private void again(int to, Message.Heartbeat heartbeat) {
      boolean runs = host.isUp() && host.observedNode.process() == process;
      boolean waits = runs && world.isCalm() && host.turnEnds() > world.now();
      if (waits && heartbeat.equals(last.get(to))) {
        peers.send(to, heartbeat);
        later(to, heartbeat);
      }
    }
  }
}

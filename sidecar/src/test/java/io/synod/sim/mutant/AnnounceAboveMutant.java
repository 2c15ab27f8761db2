package io.synod.sim.mutant;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.runtime.port.NodePorts;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.cluster.World;
import io.synod.sim.run.FaultKind;

/**
 * A leader that learns that slots were chosen above its ballot, and still announces them at its own
 * ballot. That does harm only if it and one follower do not know that it was deposed, as with
 * {@link FaultKind#DEPOSITION}.
 */
final class AnnounceAboveMutant implements InputMutant {

  @Override
  public NodePorts ports(NodePorts ports, World world, Host host) {
    Announcer announcer = new Announcer(ports, world, host);
    return new NodePorts(
        ports.journal(),
        ports.peers(),
        ports.clock(),
        ObserverTap.events(ports.observer(), announcer::onEvent),
        ports.mailbox());
  }

  /** Sends the announcement that the production code suppresses. */
  private static final class Announcer {
    private final NodePorts ports;
    private final World world;
    private final Host host;
    private long learned;

    private Announcer(NodePorts ports, World world, Host host) {
      this.ports = ports;
      this.world = world;
      this.host = host;
    }

    private void onEvent(Event event) {
      if (event instanceof Event.Learned slot) {
        learned = slot.slot();
      } else if (event instanceof Event.SteppedDown down
          && down.led()
          && down.reason().startsWith("slots were chosen")) {
        for (Host other : world.hosts()) {
          if (other != host) {
            ports.peers().send(other.node, new Message.Chosen(down.ballot(), learned));
          }
        }
      }
    }
  }
}

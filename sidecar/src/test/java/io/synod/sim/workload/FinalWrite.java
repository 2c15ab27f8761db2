package io.synod.sim.workload;

import io.synod.runtime.node.Node;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.Host;
import io.synod.sim.disk.Rng;
import io.synod.state.command.Entry;

/**
 * A client that writes once after all others have stopped: whatever they left in flight, writes
 * must succeed at every sidecar.
 */
public final class FinalWrite extends SimulatedClient {
  public FinalWrite(Workload workload, Rng rng) {
    super(workload, rng);
  }

  /** Writes at every host that clients can reach. */
  public void write() {
    for (Host host : world.hosts()) {
      Node node = host.isServed() ? nodeAt(host) : null;
      if (node != null && !node.reads().isQuarantined()) {
        long operation = workload.nextOperation();
        Operation.Order order =
            Operation.Order.of(
                operation, Entry.Kind.COMMAND, SubmittedCommand.payload(operation, 8));
        new Operation(this, order, outcome -> {}).begin(host, node);
      }
    }
  }

  @Override
  protected void act(Host host, Node node) {}
}

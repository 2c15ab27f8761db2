package io.synod.sim;

import io.synod.runtime.node.Node;
import io.synod.sim.check.Operation;
import io.synod.sim.disk.Dice;
import io.synod.state.Entry;

/**
 * A caller who writes once when all others have left: whatever they left behind, a write must go on
 * at every sidecar.
 */
final class LastWord extends Caller {
  LastWord(Crowd crowd, Dice dice) {
    super(crowd, dice);
  }

  /** Writes at every host that callers can reach. */
  void say() {
    for (Host host : world.hosts()) {
      Node node = host.served ? nodeAt(host) : null;
      if (node != null) {
        long operation = crowd.nextOperation();
        Errand.Order order =
            Errand.Order.of(operation, Entry.Kind.COMMAND, Operation.payload(operation, 8));
        new Errand(this, order, outcome -> {}).begin(host, node);
      }
    }
  }

  @Override
  void act(Host host, Node node) {}
}

package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output.Envelope;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.NodePorts;
import java.util.List;

/**
 * A deliberate bug, or none. It changes what a node receives, sends or writes, and nothing else.
 */
public interface InputMutant {
  /** The absence of a bug. */
  InputMutant NONE = new InputMutant() {};

  /** Replaces the ports of a node. */
  default NodePorts ports(NodePorts ports, World world, Host host) {
    return ports;
  }

  /** Replaces the journal of a node, below the checkers. */
  default Journal journal(Journal journal) {
    return journal;
  }

  /** Replaces the inputs of a turn. */
  default List<Input> inputs(World world, Host host, List<Input> inputs) {
    return inputs;
  }

  /** Replaces a message that is sent. */
  default Message onSent(World world, Host host, Envelope sent) {
    return sent.message();
  }
}

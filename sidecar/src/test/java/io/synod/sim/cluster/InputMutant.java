package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output.Envelope;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.NodePorts;
import java.util.List;

/** A deliberate bug, or none. It changes what a node hears, says or writes, and nothing else. */
public interface InputMutant {
  /** No bug. */
  InputMutant NONE = new InputMutant() {};

  /** The ports a node gets instead of its own. */
  default NodePorts ports(NodePorts ports, World world, Host host) {
    return ports;
  }

  /** The journal a node gets instead of its own, below the judges. */
  default Journal journal(Journal journal) {
    return journal;
  }

  /** What a node hears instead. */
  default List<Input> inputs(World world, Host host, List<Input> inputs) {
    return inputs;
  }

  /** What goes over the network instead. */
  default Message said(World world, Host host, Envelope said) {
    return said.message();
  }
}

package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.NodePorts;
import java.util.List;

/**
 * The surroundings of the simulated processes: faults and deliberate bugs, which change what
 * processes write, receive and send, and clients, which lose their answers when a process ends.
 */
public interface Surroundings {
  /** Replaces the journal of a node, below the checkers. */
  Journal journal(Journal journal);

  /** Replaces the ports of a node. */
  NodePorts ports(NodePorts ports, Host host);

  /** Replaces the inputs of a turn. */
  List<Input> replaceInputs(Host host, SimulatedProcess process, List<Input> inputs);

  /** Replaces a message that is sent. */
  Message onSent(Host host, int to, Message message);

  /** A process is about to send this message. */
  void speaking(Host host, Message message);

  /**
   * A process took a turn.
   *
   * @param beganNanos when that turn began, by the clock of its host
   */
  void turned(Host host, long beganNanos);

  /** The process on this host ended. */
  void lost(Host host);

  /** Throws a violation that was found where it could not be thrown. */
  void throwRecorded();
}

package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.NodePorts;
import java.util.List;

/**
 * What surrounds the processes of a cluster, as far as they are concerned: faults and deliberate
 * bugs, which change what they write, hear and say, and clients, whose answers end with them.
 */
public interface Surroundings {
  /** The journal a node gets instead of its own, below the checkers. */
  Journal journal(Journal journal);

  /** The ports a node gets instead of its own. */
  NodePorts ports(NodePorts ports, Host host);

  /** What a process hears instead of {@code inputs}. */
  List<Input> heard(Host host, SimulatedProcess process, List<Input> inputs);

  /** What leaves a host instead of {@code message}. */
  Message said(Host host, int to, Message message);

  /** A process is about to say this. */
  void speaking(Host host, Message message);

  /**
   * A process has turned.
   *
   * @param beganNanos when that turn began, by the clock of its host
   */
  void turned(Host host, long beganNanos);

  /** The process on this host is no more. */
  void lost(Host host);

  /** Throws what was found where it could not be thrown. */
  void confess();
}

package io.synod.sim.cluster;

import io.synod.sim.run.FaultProfile;
import java.util.Collections;
import java.util.List;

/** The environment of a run with its hosts and links, for faults, clients and checks. */
public final class World extends Environment {
  static final long CLUSTER = 0x53594e4f44L;

  private final List<Host> hosts;
  private final Network network;

  public World(
      EventQueue eventQueue,
      FaultProfile profile,
      Observers observers,
      List<Host> hosts,
      Network network) {
    super(eventQueue, profile, observers);
    this.hosts = Collections.unmodifiableList(hosts);
    this.network = network;
  }

  /** The hosts, ordered by node. */
  public List<Host> hosts() {
    return hosts;
  }

  public Host host(int node) {
    return hosts.get(node - 1);
  }

  public Network network() {
    return network;
  }
}

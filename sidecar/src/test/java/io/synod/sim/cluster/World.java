package io.synod.sim.cluster;

import io.synod.sim.run.FaultProfile;
import java.util.Collections;
import java.util.Comparator;
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

  /**
   * The last slot that a quorum of voters recorded as applied: a leader needs the voters of later
   * ones, even if they are chosen.
   */
  public long knownToBeChosen() {
    List<Long> applied =
        hosts.stream()
            .filter(host -> host.voter)
            .map(host -> host.observedNode.durable().reach())
            .sorted(Comparator.reverseOrder())
            .toList();
    return applied.get(profile().voters / 2);
  }
}

package io.synod.sim.workload;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.FaultProfile;
import java.util.ArrayList;
import java.util.List;

/** The clients of one run, as many of each kind as the profile has. */
public final class Clients {
  private final Workload workload;
  private final Rng rng;
  private final List<SimulatedClient> clients = new ArrayList<>();

  public Clients(Workload workload, Rng rng) {
    this.workload = workload;
    this.rng = rng;
  }

  public Workload workload() {
    return workload;
  }

  public void begin() {
    World world = workload.world();
    FaultProfile profile = world.profile();
    for (int i = 0; i < profile.clients; i++) {
      clients.add(new LogClient(workload, rng.fork()));
    }
    for (int i = 0; i < profile.kvClients; i++) {
      clients.add(new KvClient(workload, rng.fork()));
      clients.add(new KvReader(workload, rng.fork()));
    }
    for (int i = 0; i < profile.holders; i++) {
      clients.add(new LockClient(workload, rng.fork()));
    }
    if (profile.consumers) {
      for (Host host : world.hosts()) {
        clients.add(new ConsumerClient(workload, rng.fork(), host));
      }
    }
    for (SimulatedClient client : clients) {
      world.eventQueue().in(rng.between(0, 1_000_000_000L), client::step);
    }
  }

  /** Stops new operations; those in flight go on. */
  public void rest() {
    clients.forEach(SimulatedClient::rest);
  }

  /** Whether no operation is in flight. */
  public boolean isIdle() {
    return clients.stream().allMatch(SimulatedClient::isIdle);
  }

  /** The process on this host took a turn. */
  public void turned(Host host, long beganNanos) {
    clients.forEach(client -> client.turned(host, beganNanos));
  }

  /** The process on this host ended, so that the answers it owed are lost. */
  public void lost(Host host) {
    clients.forEach(client -> client.lost(host));
  }
}

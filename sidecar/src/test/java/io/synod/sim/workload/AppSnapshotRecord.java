package io.synod.sim.workload;

import io.synod.runtime.node.Node;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.state.Consumer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The snapshots that copies of consumers handed over, and where they are stored. */
public record AppSnapshotRecord(World world) {

  /**
   * Whether every sidecar has each snapshot that any sidecar has. A snapshot that no sidecar has
   * any more may delay the others, since a sidecar fetches one at a time.
   */
  public boolean isEverywhere() {
    boolean everywhere = true;
    for (Consumer.Snapshot snapshot : known()) {
      int having = 0;
      for (Host host : world.hosts()) {
        Node node = SimulatedClient.nodeAt(host);
        having += node != null && isWhole(node, snapshot) ? 1 : 0;
      }
      if (having == 0) {
        return true;
      }
      everywhere &= having == world.hosts().size();
    }
    return everywhere;
  }

  private List<Consumer.Snapshot> known() {
    for (Host host : world.hosts()) {
      Node node = SimulatedClient.nodeAt(host);
      Consumer consumer =
          node == null ? null : node.reads().state().consumer(ConsumerClient.CONSUMER);
      if (consumer != null) {
        return consumer.newestSnapshots();
      }
    }
    return List.of();
  }

  private static boolean isWhole(Node node, Consumer.Snapshot snapshot) {
    try (@Nullable StreamReader here = ConsumerClient.open(node, snapshot)) {
      for (long at = 0; here != null && at < here.bytes(); ) {
        at += here.read(at, 1_000).length;
      }
      return here != null;
    } catch (JournalException damaged) {
      return false;
    }
  }
}

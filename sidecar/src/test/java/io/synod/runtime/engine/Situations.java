package io.synod.runtime.engine;

import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Availability.Reason;
import io.synod.runtime.node.Availability.Votes;
import java.util.List;

/** Availabilities that node 1 of three may report. */
public final class Situations {
  private Situations() {}

  /** A leader with a quorum. */
  public static Availability led(int leader) {
    return of(Reason.AVAILABLE, 3, List.of(leader));
  }

  /** Nodes 2 and 3 are down. */
  public static Availability alone() {
    return of(Reason.NO_QUORUM, 1, List.of(2, 3));
  }

  /** The cluster cannot form, because this node's disk was replaced. */
  public static Availability blocked(int node) {
    return of(Reason.FORMATION_BLOCKED, 3, List.of(node));
  }

  /** Nodes 2 and 3 lost their disks. */
  public static Availability lost() {
    List<Integer> lost = List.of(2, 3);
    return new Availability(Reason.QUORUM_LOST, lost, new Votes(3, 1, 2, lost));
  }

  /** Any other reason, with no vote lost. */
  public static Availability of(Reason reason, int reachable, List<Integer> nodes) {
    return new Availability(reason, nodes, new Votes(3, reachable, 2, List.of()));
  }
}

package io.synod.metrics;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.runtime.engine.Situations;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import java.util.List;

/** Statuses that node 1 of three may report. */
public final class TestViews {
  static final Ballot OF_NODE_2 = new Ballot(7, 0, 2, 0xabcL);

  private TestViews() {}

  /** A follower of node 2 that is behind its peers. */
  static NodeStatus follower(long appliedSlot, long peersKnow) {
    return follower(appliedSlot, new View.Peer(2, true, peersKnow, 400_000));
  }

  /** A follower with this peer, and another that it does not hear. */
  static NodeStatus follower(long appliedSlot, View.Peer peer) {
    return status(
        View.Role.FOLLOWER,
        OF_NODE_2,
        appliedSlot,
        List.of(peer, new View.Peer(3, peer.connected(), peer.chosenThrough() - 3, -1)));
  }

  /** A node without contact with its peers. */
  public static NodeStatus alone(long appliedSlot) {
    return status(
        View.Role.CANDIDATE,
        Ballot.NONE,
        appliedSlot,
        List.of(new View.Peer(2, false, appliedSlot + 50, -1), new View.Peer(3, false, 0, -1)));
  }

  /** The same, but for its state, which a majority does not have. */
  static NodeStatus quarantined(NodeStatus now) {
    return new NodeStatus(
        now.node(),
        now.incarnation(),
        now.role(),
        now.promised(),
        now.leader(),
        now.voters(),
        now.reachable(),
        now.quorum(),
        now.appliedSlot(),
        now.appliedIndex(),
        now.chosenSlot(),
        now.oldestIndex(),
        now.leaderContactNanos(),
        now.pending(),
        now.bytesOnDisk(),
        now.stateDigest(),
        now.availability(),
        now.contents(),
        now.upkeep(),
        new NodeStatus.Standing(false, true, true, 7, 2, 1, -3_500),
        now.peers());
  }

  /** A node whose cluster cannot form. */
  public static NodeStatus blocked() {
    return status(View.Role.FORMING, Ballot.NONE, 0, List.of(new View.Peer(2, false, 0, -1)));
  }

  private static Availability availability(View.Role role, int reachable) {
    if (role == View.Role.FORMING) {
      return Situations.blocked(2);
    }
    return reachable < 2 ? Situations.alone() : Situations.led(2);
  }

  private static NodeStatus status(
      View.Role role, Ballot leader, long appliedSlot, List<View.Peer> peers) {
    int reachable = 1 + (int) peers.stream().filter(View.Peer::connected).count();
    return new NodeStatus(
        1,
        0x1fL,
        role,
        OF_NODE_2,
        leader,
        3,
        reachable,
        2,
        appliedSlot,
        appliedSlot * 10,
        appliedSlot + 2,
        1,
        leader.isNone() ? -1 : 50_000_000,
        4,
        65_536,
        0xfeedL,
        availability(role, reachable),
        new NodeStatus.Contents(
            1,
            5,
            4,
            3,
            new NodeStatus.Consumers(4, 1, 2, 3, 77),
            1_000,
            List.of(new NodeStatus.LimitUse("sessions", 9_500, 10_000))),
        new NodeStatus.Upkeep(2, 30, 4, 5),
        NodeStatus.Standing.good(),
        peers);
  }
}

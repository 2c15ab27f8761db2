package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The voters of the configuration: whether each may vote and whether it answers, as far as this
 * node knows. A voter whose disk is not the one that the membership names has lost its vote until
 * the leader replaces it.
 */
final class Electorate {
  private final Self self;
  private final Connectivity connectivity;
  private final BootstrapCheck bootstrapCheck;
  private final long timeoutNanos;
  // The current disk of each peer.
  private final Map<Integer, Disk> disks = new HashMap<>();
  private Ballot lastLeader;

  private record Disk(long incarnation, long receivedAtNanos) {}

  /**
   * Creates it before any message of a peer was received.
   *
   * @param promised what this node promised before it started: it belongs to no election in
   *     progress
   * @param timeoutNanos how long after its last message a disk counts as a peer's current one
   */
  Electorate(
      Self self,
      Connectivity connectivity,
      BootstrapCheck bootstrapCheck,
      Ballot promised,
      long timeoutNanos) {
    this.self = self;
    this.timeoutNanos = timeoutNanos;
    this.connectivity = connectivity;
    this.bootstrapCheck = bootstrapCheck;
    this.lastLeader = promised;
  }

  /**
   * Handles any message of a peer. Its current disk is the one of the last message, except that a
   * voter's original disk does not count as back while another sent one within the time-out: the
   * message may be an old one, or a copy of the disk may run at the same time.
   */
  void onMessage(long nowNanos, Input.Received received, boolean voter) {
    int peer = received.from();
    if (!self.peers().contains(peer)) {
      return;
    }
    Disk last = disks.get(peer);
    boolean another =
        last != null
            && last.incarnation != received.incarnation()
            && nowNanos - last.receivedAtNanos <= timeoutNanos;
    if (!another || !voter) {
      disks.put(peer, new Disk(received.incarnation(), nowNanos));
    }
  }

  /** The electorate before the cluster is formed. */
  View.Electorate unformedView(long nowNanos) {
    List<View.Voter> voters = new ArrayList<>(self.voters().size());
    for (int voter : self.voters()) {
      boolean connected = voter == self.node() || bootstrapCheck.hasRecentGreeting(voter, nowNanos);
      boolean full = connectivity.isFull(voter);
      voters.add(new View.Voter(voter, View.Vote.UNKNOWN, connected, full));
    }
    return new View.Electorate(
        voters, 0, 0, bootstrapCheck.replaced(), bootstrapCheck.otherOrigins(), List.of());
  }

  /** The electorate of a formed cluster, as known to a node in its current role. */
  View.Electorate view(Roles roles, Ballot promised, long nowNanos) {
    Membership membership = roles.roleContext().membership();
    Role role = roles.current();
    List<View.Voter> voters = new ArrayList<>(self.voters().size());
    for (int voter : self.voters()) {
      boolean connected = voter == self.node() || connectivity.isConnected(voter, nowNanos);
      boolean full = connectivity.isFull(voter);
      voters.add(new View.Voter(voter, vote(voter, membership, nowNanos), connected, full));
    }
    boolean relayed = role instanceof Follower follower && follower.leader().isNone();
    int relay = relayed ? connectivity.relay(nowNanos) : 0;
    return new View.Electorate(
        voters, relay, candidate(role, promised), List.of(), roles.fullVoters(nowNanos));
  }

  /** The other nodes before the cluster is formed, when nodes send greetings and no heartbeats. */
  List<View.Peer> unformedPeers(long nowNanos) {
    List<View.Peer> peers = connectivity.peers(nowNanos);
    peers.replaceAll(
        peer ->
            new View.Peer(
                peer.node(),
                bootstrapCheck.hasRecentGreeting(peer.node(), nowNanos),
                peer.chosenThrough(),
                peer.roundTripNanos()));
    return peers;
  }

  private View.Vote vote(int voter, Membership membership, long nowNanos) {
    Disk disk = voter == self.node() ? new Disk(self.incarnation(), 0) : disks.get(voter);
    if (disk == null) {
      return View.Vote.UNKNOWN;
    }
    Member member = new Member(voter, disk.incarnation);
    if (membership.isVoter(member)) {
      return View.Vote.HELD;
    }
    // A disk that was replaced since says nothing about the one that replaced it.
    boolean replaced = membership.retired().contains(member);
    boolean recent = voter == self.node() || nowNanos - disk.receivedAtNanos <= timeoutNanos;
    return replaced && !recent ? View.Vote.UNKNOWN : View.Vote.LOST;
  }

  /** The node that stood for election since this node last had a leader; 0 if none is known. */
  private int candidate(Role role, Ballot promised) {
    if (!role.leader().isNone()) {
      lastLeader = role.leader();
      return 0;
    }
    return promised.above(lastLeader) ? promised.node() : 0;
  }
}

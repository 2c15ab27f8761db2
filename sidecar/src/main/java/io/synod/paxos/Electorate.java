package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The voters of the configuration: whether each may vote and whether it answers, as far as this
 * node knows. A voter whose disk is not the one that the cluster formed with has lost its vote,
 * whether it runs or not.
 */
final class Electorate {
  private final Self self;
  private final Connectivity connectivity;
  private final BootstrapCheck bootstrapCheck;
  private final long timeoutNanos;
  // The current disk of each peer.
  private final Map<Integer, Disk> disks = new HashMap<>();
  private Ballot led;

  private record Disk(long incarnation, long heardAtNanos) {}

  /**
   * Creates it before any peer was heard.
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
    this.led = promised;
  }

  /**
   * Handles any message of a peer. Its current disk is the one that was heard last, except that a
   * voter's original disk does not count as back while another was heard within the time-out: the
   * message may be an old one, or a copy of the disk may run at the same time.
   */
  void heard(long nowNanos, Input.Received received, @Nullable Roles playing) {
    int peer = received.from();
    if (!self.peers().contains(peer)) {
      return;
    }
    Disk last = disks.get(peer);
    boolean another =
        last != null
            && last.incarnation != received.incarnation()
            && nowNanos - last.heardAtNanos <= timeoutNanos;
    boolean voter =
        playing != null && playing.roleContext().formation().isVoter(peer, received.incarnation());
    if (!another || !voter) {
      disks.put(peer, new Disk(received.incarnation(), nowNanos));
    }
  }

  /** The electorate as known now. */
  View.Electorate view(@Nullable Roles playing, Ballot promised, long nowNanos) {
    Formation formation = playing == null ? null : playing.roleContext().formation();
    List<View.Voter> voters = new ArrayList<>(self.voters().size());
    for (int voter : self.voters()) {
      boolean connected = voter == self.node() || isConnected(voter, formation != null, nowNanos);
      boolean full = connectivity.isFull(voter);
      voters.add(new View.Voter(voter, vote(voter, formation), connected, full));
    }
    boolean relayed =
        playing != null
            && playing.current() instanceof Follower follower
            && follower.leader().isNone();
    int relay = relayed ? connectivity.relay(nowNanos) : 0;
    return new View.Electorate(
        voters,
        relay,
        playing == null ? 0 : standing(playing, promised),
        playing == null ? bootstrapCheck.voters() : List.of());
  }

  /** The other nodes as seen from here. */
  List<View.Peer> peers(boolean formed, long nowNanos) {
    List<View.Peer> peers = connectivity.peers(nowNanos);
    if (!formed) {
      // Before the cluster is formed, nodes send only greetings and no heartbeats.
      peers.replaceAll(
          peer ->
              new View.Peer(
                  peer.node(),
                  isConnected(peer.node(), false, nowNanos),
                  peer.chosenThrough(),
                  peer.roundTripNanos()));
    }
    return peers;
  }

  private View.Vote vote(int voter, @Nullable Formation formation) {
    Disk disk = voter == self.node() ? new Disk(self.incarnation(), 0) : disks.get(voter);
    if (formation == null || disk == null) {
      return View.Vote.UNKNOWN;
    }
    return formation.isVoter(voter, disk.incarnation) ? View.Vote.HELD : View.Vote.LOST;
  }

  private boolean isConnected(int peer, boolean formed, long nowNanos) {
    return formed ? connectivity.isConnected(peer, nowNanos) : bootstrapCheck.hears(peer, nowNanos);
  }

  /** The node that stood for election since this node last had a leader; 0 if none is known. */
  private int standing(Roles playing, Ballot promised) {
    Role role = playing.current();
    if (!role.leader().isNone()) {
      led = role.leader();
      return 0;
    }
    return promised.above(led) ? promised.node() : 0;
  }
}

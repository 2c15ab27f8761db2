package io.synod.paxos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows of each voter of the configuration whether it may vote and whether it answers, as far as
 * this node was told. A voter whose disk is not the one that the cluster formed with has lost its
 * vote, whether it runs or not.
 */
final class Electorate {
  private final Self self;
  private final Links links;
  private final Deadlock deadlock;
  // The incarnation with which each peer was heard last.
  private final Map<Integer, Long> incarnations = new HashMap<>();
  private Ballot led;

  /**
   * Nobody was heard yet.
   *
   * @param promised what this node promised before it started: it stands for no election under way
   */
  Electorate(Self self, Links links, Deadlock deadlock, Ballot promised) {
    this.self = self;
    this.links = links;
    this.deadlock = deadlock;
    this.led = promised;
  }

  /** A peer said something, whatever it was. */
  void heard(Input.Received received) {
    if (self.peers().contains(received.from())) {
      incarnations.put(received.from(), received.incarnation());
    }
  }

  /** What is known now. */
  View.Electorate view(@Nullable Roles playing, Ballot promised, long nowNanos) {
    Formation formation = playing == null ? null : playing.stage().formation();
    List<View.Voter> voters = new ArrayList<>(self.voters().size());
    for (int voter : self.voters()) {
      boolean connected = voter == self.node() || isConnected(voter, formation != null, nowNanos);
      voters.add(new View.Voter(voter, vote(voter, formation), connected));
    }
    boolean hearsNone = playing == null || playing.current().leader().isNone();
    int relay = hearsNone && playing != null ? links.relay(nowNanos) : 0;
    return new View.Electorate(
        voters,
        relay,
        playing == null ? 0 : standing(playing, promised),
        playing == null ? deadlock.voters() : List.of());
  }

  /** The other nodes as seen from here. */
  List<View.Peer> peers(boolean formed, long nowNanos) {
    List<View.Peer> peers = links.peers(nowNanos);
    if (!formed) {
      // No heartbeats are said yet, only greetings.
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
    Long incarnation =
        voter == self.node() ? Long.valueOf(self.incarnation()) : incarnations.get(voter);
    if (formation == null || incarnation == null) {
      return View.Vote.UNKNOWN;
    }
    return formation.isVoter(voter, incarnation) ? View.Vote.HELD : View.Vote.LOST;
  }

  private boolean isConnected(int peer, boolean formed, long nowNanos) {
    return formed ? links.isConnected(peer, nowNanos) : deadlock.hears(peer, nowNanos);
  }

  /** Who stood for election since a leader was heard; 0 if nobody is known to have. */
  private int standing(Roles playing, Ballot promised) {
    Role role = playing.current();
    if (!role.leader().isNone()) {
      led = role.leader();
      return 0;
    }
    return promised.above(led) ? promised.node() : 0;
  }
}

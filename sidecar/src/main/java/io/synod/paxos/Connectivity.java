package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The connections of this node and what its peers last reported. A peer counts as connected while
 * it answered a heartbeat that was sent within the election time-out: both directions worked then.
 */
final class Connectivity {
  private static final long NEVER = Long.MIN_VALUE / 2;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final SortedMap<Integer, Link> links = new TreeMap<>();
  private final int self;
  private final Settings settings;
  private final long[] sentAtNanos;
  private final long firstId;
  private long nextId;
  private boolean full;

  Connectivity(Self self, Settings settings, RandomGenerator random) {
    this.self = self.node();
    this.settings = settings;
    this.sentAtNanos = new long[settings.heartbeatHistory()];
    // A random start, so that an answer to an earlier process of this node is not taken for a
    // current one.
    this.firstId = random.nextLong(1L << 40, 1L << 41);
    this.nextId = firstId;
    for (int peer : self.peers()) {
      links.put(peer, new Link());
    }
  }

  /** The id of a heartbeat that is sent now. */
  long recordHeartbeat(long nowNanos) {
    long id = nextId++;
    sentAtNanos[(int) (id % sentAtNanos.length)] = nowNanos;
    return id;
  }

  /**
   * Handles an answer to a heartbeat of this node.
   *
   * @return when that heartbeat was sent, or {@code Long.MIN_VALUE} if this process did not send it
   */
  long onHeartbeatAck(long nowNanos, Member from, Message.HeartbeatAck ack) {
    Link link = links.get(from.node());
    long oldest = Math.max(firstId, nextId - sentAtNanos.length);
    if (link == null || ack.id() >= nextId || ack.id() < oldest) {
      return Long.MIN_VALUE;
    }
    long sent = sentAtNanos[(int) (ack.id() % sentAtNanos.length)];
    if (sent >= link.ackedSentAtNanos) {
      link.ackedSentAtNanos = sent;
      link.refused = false;
      link.incarnation = from.incarnation();
      link.leader = ack.leader();
      link.roundTripNanos = nowNanos - sent;
      link.full = ack.full();
      link.fullVoters = ack.fullVoters();
      link.wallMillis = ack.times().wallMillis();
      link.hasLogTime = ack.times().logTimeMillis() != Message.Times.UNKNOWN;
      link.answeredAtNanos = nowNanos;
      // This may fall: what a peer lost with its disk it no longer knows.
      link.chosenThrough = ack.chosenThrough();
    }
    return sent;
  }

  /**
   * The latest moment at which a quorum of {@code membership} still followed {@code self} at this
   * ballot. A voter that follows or promised another ballot reports that in its answers.
   */
  long quorumFollowedAt(Membership membership, Ballot ballot, Member self, long nowNanos) {
    long[] times = new long[membership.voters().size()];
    int count = 0;
    for (Member voter : membership.voters()) {
      times[count++] = voter.equals(self) ? nowNanos : followedAt(voter, ballot);
    }
    Check.that(
        count >= membership.quorum(), "every voter has its time", count, membership.quorum());
    Arrays.sort(times);
    return times[count - membership.quorum()];
  }

  private long followedAt(Member voter, Ballot ballot) {
    Link link = links.get(voter.node());
    boolean follows = link != null && link.isOf(voter) && link.leader.equals(ballot);
    return link != null && follows ? link.ackedSentAtNanos : NEVER;
  }

  /**
   * The latest time that the wall clocks of a majority of the voters have reached, where that of
   * {@code self} shows {@code wallMillis}; negative while no majority answers.
   */
  long reference(Membership membership, int self, long wallMillis, long nowNanos) {
    long[] clocks = new long[membership.voters().size()];
    int count = 0;
    for (Member voter : membership.voters()) {
      clocks[count++] = voter.node() == self ? wallMillis : wallAt(voter, nowNanos);
    }
    Arrays.sort(clocks);
    return clocks[count - membership.quorum()];
  }

  private long wallAt(Member voter, long nowNanos) {
    Link link = links.get(voter.node());
    return link != null && votes(voter, link, nowNanos)
        ? link.wallMillis + (nowNanos - link.answeredAtNanos) / NANOS_PER_MILLI
        : NEVER;
  }

  /** Whether a connected voter reported in its last answer that it knows log time. */
  boolean isLogTimeKnown(Membership membership, long nowNanos) {
    for (Member voter : membership.voters()) {
      Link link = links.get(voter.node());
      if (link != null && votes(voter, link, nowNanos) && link.hasLogTime) {
        return true;
      }
    }
    return false;
  }

  /**
   * Handles a heartbeat of a peer: its report of the log is valid even if the other direction
   * fails.
   */
  void onHeartbeat(int from, long chosenThrough) {
    Link link = links.get(from);
    if (link != null) {
      link.chosenThrough = Math.max(link.chosenThrough, chosenThrough);
    }
  }

  /**
   * The host of {@code peer} refused a connection: the peer is not connected until it answers
   * again. A leader still counts it until the time-out, as it counts a peer that is silent.
   */
  void refused(int peer) {
    Link link = links.get(peer);
    if (link != null) {
      link.refused = true;
    }
  }

  /** Sets whether the log here has no space. */
  void setFull(boolean isFull) {
    full = isFull;
  }

  /** Whether a node has no space in its log: this one, or a peer according to its last answer. */
  boolean isFull(int node) {
    Link link = links.get(node);
    return node == self ? full : link != null && link.full;
  }

  /**
   * The connected voters without space in their logs, if all that are connected are a quorum and
   * those with space are none; otherwise an empty list.
   */
  List<Integer> fullVoters(Membership membership, Self self, long nowNanos) {
    List<Integer> full = new ArrayList<>();
    for (Member voter : membership.voters()) {
      Link link = links.get(voter.node());
      boolean votes = link == null ? voter.equals(self.member()) : votes(voter, link, nowNanos);
      if (votes && isFull(voter.node())) {
        full.add(voter.node());
      }
    }
    int reachable = reachable(membership, self, nowNanos);
    boolean blocks =
        reachable >= membership.quorum() && reachable - full.size() < membership.quorum();
    return blocks ? full : List.of();
  }

  /** What a peer last reported of the voters because of which its leader chooses nothing. */
  List<Integer> reportedFullVoters(int peer) {
    Link link = links.get(peer);
    return link == null ? List.of() : link.fullVoters;
  }

  /** Whether a peer is connected that last answered with this disk. */
  boolean isConnected(Member member, long nowNanos) {
    Link link = links.get(member.node());
    return link != null && link.isOf(member) && serves(link, nowNanos);
  }

  boolean isConnected(int peer, long nowNanos) {
    Link link = links.get(peer);
    return link != null && serves(link, nowNanos);
  }

  /** How many voters of {@code membership} are connected, {@code self} included if it is one. */
  int reachable(Membership membership, Self self, long nowNanos) {
    int count = membership.isVoter(self.member()) ? 1 : 0;
    for (Member voter : membership.voters()) {
      Link link = links.get(voter.node());
      count += link != null && votes(voter, link, nowNanos) ? 1 : 0;
    }
    return count;
  }

  /**
   * How many connected voters follow this ballot, its owner included. A voter that answered no
   * heartbeat sent after {@code sinceNanos}, when the owner began to lead, may not know of the
   * ballot yet: it counts too.
   */
  int following(Membership membership, Ballot ballot, long sinceNanos, long nowNanos) {
    int count = 0;
    for (Member voter : membership.voters()) {
      Link link = links.get(voter.node());
      boolean follows =
          link != null
              && votes(voter, link, nowNanos)
              && (link.leader.equals(ballot) || link.ackedSentAtNanos <= sinceNanos);
      if (voter.equals(ballot.owner()) || follows) {
        count++;
      }
    }
    return count;
  }

  /**
   * How many connected voters followed no leader when they last answered a heartbeat that was sent
   * at {@code sinceNanos} or later, {@code self} included.
   */
  int leaderless(Membership membership, Member self, long sinceNanos, long nowNanos) {
    int count = 0;
    for (Member voter : membership.voters()) {
      Link link = links.get(voter.node());
      boolean hasNoLeader =
          link != null
              && votes(voter, link, nowNanos)
              && link.ackedSentAtNanos >= sinceNanos
              && link.leader.isNone();
      if (voter.equals(self) || hasNoLeader) {
        count++;
      }
    }
    return count;
  }

  /** A connected peer that follows a leader other than this node, or 0. */
  int relay(long nowNanos) {
    for (Map.Entry<Integer, Link> peer : links.entrySet()) {
      Ballot leader = peer.getValue().leader;
      boolean led = !leader.isNone() && leader.node() != self;
      if (led && serves(peer.getValue(), nowNanos)) {
        return peer.getKey();
      }
    }
    return 0;
  }

  /**
   * A connected peer that knows {@code slot} to be chosen, or 0. The leader is chosen only if no
   * other peer can serve, to spare it the load; {@code silent}, which did not answer the last
   * request, only if it is the only one.
   */
  int source(long nowNanos, long slot, int leader, int silent) {
    int best = 0;
    int bestRank = -1;
    for (Map.Entry<Integer, Link> peer : links.entrySet()) {
      int node = peer.getKey();
      int rank = node == silent ? 0 : node == leader ? 1 : 2;
      boolean able = serves(peer.getValue(), nowNanos) && peer.getValue().chosenThrough >= slot;
      if (able && rank > bestRank) {
        best = node;
        bestRank = rank;
      }
    }
    return best;
  }

  /** The connected voter with the longest chosen prefix, or 0. */
  int bestSuccessor(Membership membership, long nowNanos) {
    int best = 0;
    long most = -1;
    for (Member voter : membership.voters()) {
      Link link = links.get(voter.node());
      if (link == null || link.refused || !votes(voter, link, nowNanos)) {
        continue;
      }
      if (link.chosenThrough > most) {
        best = voter.node();
        most = link.chosenThrough;
      }
    }
    return best;
  }

  /** The other nodes as seen from here. */
  List<View.Peer> peers(long nowNanos) {
    List<View.Peer> peers = new ArrayList<>(links.size());
    links.forEach(
        (node, link) ->
            peers.add(
                new View.Peer(
                    node, serves(link, nowNanos), link.chosenThrough, link.roundTripNanos)));
    return peers;
  }

  private boolean votes(Member voter, Link link, long nowNanos) {
    return link.isOf(voter) && connected(link, nowNanos);
  }

  /** Whether it is connected and its process has not ended. */
  private boolean serves(Link link, long nowNanos) {
    return !link.refused && connected(link, nowNanos);
  }

  private boolean connected(Link link, long nowNanos) {
    return nowNanos - link.ackedSentAtNanos <= settings.electionTimeoutNanos();
  }

  private static final class Link {
    private long ackedSentAtNanos = NEVER;
    private Ballot leader = Ballot.NONE;
    // The disk with which the peer last answered; 0 before it did.
    private long incarnation;
    private boolean full;
    private List<Integer> fullVoters = List.of();
    private boolean refused;
    private long chosenThrough;
    private long roundTripNanos = -1;
    private long wallMillis;
    private boolean hasLogTime;
    private long answeredAtNanos;

    private boolean isOf(Member member) {
      return incarnation == member.incarnation();
    }
  }
}

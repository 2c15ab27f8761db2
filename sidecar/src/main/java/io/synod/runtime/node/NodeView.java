package io.synod.runtime.node;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import java.util.List;

/**
 * The view of the replica after a turn, and the availability that follows from it.
 *
 * @param diskFull whether the disk here has no space for the next file of the log
 */
public record NodeView(View view, Availability available, boolean diskFull) {
  /** For a node that turns, and whose disk has space. */
  public static NodeView of(View view) {
    return of(view, false);
  }

  /** For a node that turns. */
  public static NodeView of(View view, boolean full) {
    return new NodeView(view, Availability.of(view, full), full);
  }

  /**
   * For a node whose disk has no space for its decisions: until it has, the node receives and sends
   * nothing.
   *
   * @param published its view when all decisions had been written
   */
  public static NodeView stalled(View published) {
    View.Electorate electorate = published.electorate();
    List<View.Peer> peers =
        published.peers().stream()
            .map(peer -> new View.Peer(peer.node(), false, peer.chosenThrough(), -1))
            .toList();
    List<View.Voter> voters =
        electorate.voters().stream()
            .map(
                voter ->
                    peers.stream().anyMatch(peer -> peer.node() == voter.node())
                        ? new View.Voter(voter.node(), voter.vote(), false, voter.full())
                        : voter)
            .toList();
    View.Role role = published.role();
    boolean passive = role == View.Role.LEARNER || role == View.Role.FORMING;
    View deaf =
        new View(
            passive ? role : View.Role.FOLLOWER,
            published.promised(),
            Ballot.NONE,
            published.chosenThrough(),
            published.reportedThrough(),
            published.reportedIndex(),
            published.freshAtNanos(),
            published.leaderReceivedAtNanos(),
            published.clockAheadMillis(),
            new View.Electorate(
                voters,
                0,
                0,
                electorate.formationBlockedBy(),
                electorate.restoredOtherwise(),
                List.of()),
            peers);
    return new NodeView(deaf, Availability.diskFull(deaf), true);
  }

  /** Whether nothing is chosen here because a disk is full, of this node or of others. */
  public boolean isFull() {
    return diskFull || available.reason() == Availability.Reason.DISK_FULL;
  }

  /** The same, for a node that is shutting down. */
  public NodeView stopping() {
    return new NodeView(view, Availability.stopping(view), diskFull);
  }
}

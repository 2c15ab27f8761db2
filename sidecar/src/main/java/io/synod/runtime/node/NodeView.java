package io.synod.runtime.node;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import java.util.List;

/**
 * What the replica believed after a turn, and whether it follows that commands can be chosen.
 *
 * @param diskFull whether the disk here has no room for the next file of the log
 */
public record NodeView(View view, Availability available, boolean diskFull) {
  /** Of a node that turns, with room on its disk. */
  public static NodeView of(View view) {
    return of(view, false);
  }

  /** Of a node that turns, and of whether its disk lacks room for the next file of the log. */
  public static NodeView of(View view, boolean full) {
    return new NodeView(view, Availability.of(view, full), full);
  }

  /**
   * Of a node whose disk has no room for what was decided: until it has, the node hears nobody and
   * says nothing.
   *
   * @param published what it believed when everything decided had been written
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
            published.heardThrough(),
            published.heardIndex(),
            published.freshAtNanos(),
            published.heardAtNanos(),
            published.clockAheadMillis(),
            new View.Electorate(voters, 0, 0, electorate.formationBlockedBy()),
            peers);
    return new NodeView(deaf, Availability.diskFull(deaf), true);
  }

  /** Whether nothing is chosen here for want of room on a disk, of this node or of others. */
  public boolean isFull() {
    return diskFull || available.reason() == Availability.Reason.DISK_FULL;
  }

  /** The same, of a node that stops. */
  public NodeView stopping() {
    return new NodeView(view, Availability.stopping(view), diskFull);
  }
}

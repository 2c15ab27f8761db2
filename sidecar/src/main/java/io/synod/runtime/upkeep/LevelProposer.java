package io.synod.runtime.upkeep;

import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.View;
import io.synod.paxos.value.Input;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Peers;
import io.synod.runtime.propose.SessionProposer;
import io.synod.runtime.propose.SingleProposal;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.StateFollower;
import io.synod.runtime.turn.Turn;
import io.synod.state.Level;
import io.synod.state.State;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import java.util.List;

/**
 * Proposes, at a leader, to raise the cluster's {@link Level} as far as every configured node
 * supports it. A node that does not run is waited for: it might return with an older version.
 *
 * <p>It belongs to the loop's thread.
 */
public final class LevelProposer implements Participant, StateFollower {
  private final Self self;
  private final int supported;
  private final Peers peers;
  private final SingleProposal proposal;
  private int level = Level.FIRST;

  /**
   * Creates it for a new cluster.
   *
   * @param supported the highest level that this node supports
   */
  public LevelProposer(
      Self self, int supported, SessionProposer own, Settings settings, Peers peers) {
    this.self = self;
    this.supported = supported;
    this.peers = peers;
    this.proposal =
        new SingleProposal(own, Entry.Kind.RAISE_LEVEL, SingleProposal.ProposalTimes.of(settings));
  }

  @Override
  public List<Input> turn(Turn now) {
    boolean leads = now.view().role() == View.Role.LEADER && !now.full();
    if (leads && supported > level && proposal.isFree(now.nanos())) {
      int common = commonLevel();
      if (common > level) {
        proposal.propose(new SystemCommands.RaiseLevel(level + 1).encode(), now.nanos());
      }
    }
    return List.of();
  }

  /** The highest level that all nodes support; 0 while one has not reported any. */
  private int commonLevel() {
    int common = supported;
    for (int peer : self.peers()) {
      common = Math.min(common, peers.supportedLevel(peer));
    }
    return common;
  }

  @Override
  public void applied(ChosenSlot slot, SlotResult slotResult, State after) {
    follow(after);
  }

  @Override
  public void restored(State later) {
    follow(later);
  }

  private void follow(State state) {
    if (state.level() > level) {
      level = state.level();
      peers.requireLevel(level);
    }
  }
}

package io.synod.runtime.propose;

import io.synod.paxos.View;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Progress;
import io.synod.runtime.turn.Published;
import io.synod.runtime.turn.StateFollower;
import io.synod.runtime.turn.Turn;
import io.synod.state.apply.SlotResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes the pending proposals to the replica, each command once in a turn and all as one input,
 * and reports their fate back.
 */
public final class ProposalTurns implements Participant, StateFollower {
  private final PendingProposals pendingProposals;
  private final long paceNanos;
  // The last input of the replica, until it is known which commands it accepted.
  private List<Command> proposed = List.of();
  private boolean all;
  // A monotonic clock may begin below zero.
  private long againAtNanos = Long.MIN_VALUE;

  /**
   * Creates it with nothing passed.
   *
   * @param paceNanos how often it looks for commands that were silent too long
   */
  public ProposalTurns(PendingProposals pendingProposals, long paceNanos) {
    this.pendingProposals = pendingProposals;
    this.paceNanos = paceNanos;
  }

  @Override
  public boolean onInput(long nowNanos, Input input, List<Output.Envelope> answers) {
    if (input instanceof Input.Reconnected) {
      pendingProposals.reconnected();
    } else if (input instanceof Input.Dropped dropped
        && dropped.message() instanceof Message.Forward forward) {
      pendingProposals.dropped(forward.commands());
    }
    return false;
  }

  @Override
  public List<Input> turn(Turn turn) {
    List<Command> due = new ArrayList<>();
    if (all || turn.nanos() >= againAtNanos) {
      due.addAll(pendingProposals.again(turn.nanos(), all));
      all = false;
      againAtNanos = turn.nanos() + paceNanos;
    }
    boolean leads = turn.view().role() == View.Role.LEADER;
    due.addAll(pendingProposals.arrived(turn.nanos(), leads));
    proposed = due;
    return due.isEmpty() ? List.of() : List.of(new Input.Propose(due));
  }

  @Override
  public void onDecided(NodeView nodeView) {
    pendingProposals.refuse(nodeView.isFull() ? nodeView.available() : null);
  }

  @Override
  public void onEvent(Event event) {
    if (event instanceof Event.LeaderChanged changed) {
      all = all || !changed.leader().isNone();
    }
  }

  @Override
  public List<Output.Envelope> onPublished(Published published) {
    if (!proposed.isEmpty()) {
      pendingProposals.proposed(proposed, published.output().unplaced(), published.available());
      proposed = List.of();
    }
    return List.of();
  }

  @Override
  public void settle(Progress progress) {
    pendingProposals.expire(progress.nowNanos(), progress.available());
  }

  @Override
  public List<Output.Envelope> onStalled(Progress progress, List<Input> inputs) {
    pendingProposals.refuse(progress.available());
    return List.of();
  }

  @Override
  public void stop(Progress progress) {
    pendingProposals.close(progress.available());
  }

  @Override
  public long nextWakeNanos() {
    return all ? Long.MIN_VALUE : pendingProposals.nextDeadlineNanos();
  }

  /** Waiting commands may be in the skipped slots: proposing them again returns their answer. */
  @Override
  public void passedOver() {
    pendingProposals.installed();
    all = true;
  }

  @Override
  public void shown(List<Chosen> chosen, List<SlotResult> slotResults) {
    for (int i = 0; i < slotResults.size(); i++) {
      pendingProposals.applied(chosen.get(i), slotResults.get(i));
    }
  }
}

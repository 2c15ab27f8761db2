package io.synod.sim.check.core;

import static io.synod.sim.check.Arithmetic.isAbove;

import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.Objects;

/**
 * Checks I7: every promise and every acceptance that a node has sent would survive a power failure
 * at this moment. It keeps one image per disk of what is synced, so that the check costs little for
 * each message; when a process begins, it compares what production code recovers with the image.
 */
public final class CrashNow implements Checker {
  private final ChosenLog chosenLog;

  /** Creates a checker that takes what is chosen from this log. */
  public CrashNow(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Promise promise) {
      promised(observedNode, promise);
    } else if (message instanceof Message.Accepted accepted) {
      for (long slot = accepted.from(); slot <= accepted.to(); slot++) {
        if (isAbove(accepted.ballot(), observedNode.durable().ballot(slot))) {
          throw broken(observedNode, "accepts slot " + slot + " at " + accepted.ballot());
        }
      }
      // A chosen slot needs no promise: no other value can be accepted there.
      boolean sent =
          chosenLog.chosen(accepted.from()) != null && chosenLog.chosen(accepted.to()) != null;
      if (!sent && isAbove(accepted.ballot(), observedNode.durable().promised())) {
        throw broken(observedNode, "accepts at " + accepted.ballot());
      }
    } else if (message instanceof Message.Prepare prepare
        && isAbove(prepare.ballot(), observedNode.durable().promised())) {
      throw broken(observedNode, "stands for election with " + prepare.ballot());
    }
  }

  @Override
  public void began(ObservedNode observedNode, Recovered found) {
    compare(observedNode, found);
  }

  /** Compares what production code recovered with what was synced. */
  public static void compare(ObservedNode observedNode, Recovered found) {
    if (isAbove(observedNode.durable().promised(), found.promised())) {
      throw broken(observedNode, "found its promise fallen to " + found.promised());
    }
    long next = found.archivedThrough() + 1;
    for (Proposal proposal : found.accepted()) {
      missing(observedNode, next, proposal.slot() - 1);
      next = proposal.slot() + 1;
      if (isAbove(observedNode.durable().ballot(proposal.slot()), proposal.ballot())) {
        // A value that was learned later may have a lower ballot; it is the same value.
        if (!Objects.equals(proposal.batch(), observedNode.durable().batch(proposal.slot()))) {
          throw broken(observedNode, "found slot " + proposal.slot() + " at " + proposal.ballot());
        }
      }
      invented(observedNode, proposal);
    }
    missing(observedNode, next, observedNode.durable().top());
    if (found.chosenThrough() > observedNode.written().reach()
        || found.chosenThrough() < observedNode.durable().applied()) {
      throw broken(observedNode, "found slots chosen through " + found.chosenThrough());
    }
  }

  private static void missing(ObservedNode observedNode, long from, long to) {
    for (long slot = from; slot <= to; slot++) {
      if (observedNode.durable().at(slot) != null) {
        throw broken(observedNode, "found slot " + slot + " empty");
      }
    }
  }

  private static void invented(ObservedNode observedNode, Proposal proposal) {
    Proposal durable = observedNode.durable().at(proposal.slot());
    boolean known = proposal.equals(durable);
    for (int i = 0; i < observedNode.unsynced().size() && !known; i++) {
      known = proposal.equals(ObservedNode.proposalOf(observedNode.unsynced().get(i)));
    }
    if (!known) {
      throw broken(observedNode, "found what it never wrote: " + proposal);
    }
  }

  private static Violation broken(ObservedNode observedNode, String what) {
    return new Violation(
        "I7",
        "node "
            + observedNode.node()
            + " "
            + what
            + "; durable is "
            + observedNode.durable().promised()
            + " and slots to "
            + observedNode.durable().top());
  }

  private void promised(ObservedNode observedNode, Message.Promise promise) {
    if (isAbove(promise.ballot(), observedNode.durable().promised())) {
      throw broken(observedNode, "promises " + promise.ballot());
    }
    long next = Math.max(promise.from(), promise.floor() + 1);
    for (Proposal proposal : promise.accepted()) {
      checkPromise(observedNode, promise, next, proposal.slot() - 1);
      next = proposal.slot() + 1;
      if (isAbove(proposal.ballot(), observedNode.durable().ballot(proposal.slot()))
          && !Objects.equals(proposal.batch(), observedNode.durable().batch(proposal.slot()))) {
        throw broken(observedNode, "tells of slot " + proposal.slot() + " at " + proposal.ballot());
      }
    }
    checkPromise(
        observedNode,
        promise,
        next,
        Math.min(promise.completeThrough(), observedNode.durable().top()));
  }

  /**
   * The promise reports no proposal between {@code from} and {@code to}, so this node must not have
   * voted there. Slots that it only learned in the same turn are reported by a quorum that voted
   * for them.
   */
  private static void checkPromise(
      ObservedNode observedNode, Message.Promise promise, long from, long to) {
    for (long slot = from; slot <= to; slot++) {
      Proposal held = observedNode.durable().at(slot);
      boolean voted = observedNode.durable().hasVoted(slot);
      if (held != null && voted && isAbove(promise.ballot(), held.ballot())) {
        throw new Violation(
            "I7", "node " + observedNode.node() + " omits " + held + " from " + promise.ballot());
      }
    }
  }
}

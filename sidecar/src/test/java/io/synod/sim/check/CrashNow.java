package io.synod.sim.check;

import static io.synod.sim.check.Arithmetic.isAbove;

import io.synod.paxos.Message;
import io.synod.paxos.Proposal;
import io.synod.paxos.Recovered;
import java.util.Objects;

/**
 * I7: whatever a node has vowed would survive if the power failed at this very moment. Kept as one
 * image per disk of what is synced, so that the question costs nothing to ask at every vow; and
 * whenever a process does begin, what production code recovers is held against the image.
 */
public final class CrashNow implements Judge {
  private final Ghost ghost;

  /** Over the votes that {@code ghost} counts. */
  public CrashNow(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void said(Seat seat, int to, Message message) {
    if (message instanceof Message.Promise promise) {
      promised(seat, promise);
    } else if (message instanceof Message.Accepted accepted) {
      for (long slot = accepted.from(); slot <= accepted.to(); slot++) {
        if (isAbove(accepted.ballot(), seat.durable().ballot(slot))) {
          throw broken(seat, "vows slot " + slot + " at " + accepted.ballot());
        }
      }
      // A slot it was told is chosen needs no promise: no other value can be accepted there.
      boolean told = ghost.chosen(accepted.from()) != null && ghost.chosen(accepted.to()) != null;
      if (!told && isAbove(accepted.ballot(), seat.durable().promised())) {
        throw broken(seat, "vows " + accepted.ballot());
      }
    } else if (message instanceof Message.Prepare prepare
        && isAbove(prepare.ballot(), seat.durable().promised())) {
      throw broken(seat, "stands with " + prepare.ballot());
    }
  }

  @Override
  public void began(Seat seat, Recovered found) {
    compare(seat, found);
  }

  /** Holds what production code recovered against what was synced. */
  public static void compare(Seat seat, Recovered found) {
    if (isAbove(seat.durable().promised(), found.promised())) {
      throw broken(seat, "found its promise fallen to " + found.promised());
    }
    long next = found.archivedThrough() + 1;
    for (Proposal proposal : found.accepted()) {
      missing(seat, next, proposal.slot() - 1);
      next = proposal.slot() + 1;
      if (isAbove(seat.durable().ballot(proposal.slot()), proposal.ballot())) {
        // A value that was learned later may stand at a lower ballot; it is the same value.
        if (!Objects.equals(proposal.batch(), seat.durable().batch(proposal.slot()))) {
          throw broken(seat, "found slot " + proposal.slot() + " at " + proposal.ballot());
        }
      }
      invented(seat, proposal);
    }
    missing(seat, next, seat.durable().top());
    if (found.chosenThrough() > seat.written().reach()
        || found.chosenThrough() < seat.durable().applied()) {
      throw broken(seat, "found slots chosen through " + found.chosenThrough());
    }
  }

  private static void missing(Seat seat, long from, long to) {
    for (long slot = from; slot <= to; slot++) {
      if (seat.durable().at(slot) != null) {
        throw broken(seat, "found slot " + slot + " empty");
      }
    }
  }

  private static void invented(Seat seat, Proposal proposal) {
    Proposal durable = seat.durable().at(proposal.slot());
    boolean known = proposal.equals(durable);
    for (int i = 0; i < seat.unsynced().size() && !known; i++) {
      known = proposal.equals(Seat.proposalOf(seat.unsynced().get(i)));
    }
    if (!known) {
      throw broken(seat, "found what it never wrote: " + proposal);
    }
  }

  private static Violation broken(Seat seat, String what) {
    return new Violation(
        "I7",
        "node "
            + seat.node()
            + " "
            + what
            + "; durable is "
            + seat.durable().promised()
            + " and slots to "
            + seat.durable().top());
  }

  private void promised(Seat seat, Message.Promise promise) {
    if (isAbove(promise.ballot(), seat.durable().promised())) {
      throw broken(seat, "promises " + promise.ballot());
    }
    long next = Math.max(promise.from(), promise.floor() + 1);
    for (Proposal proposal : promise.accepted()) {
      told(seat, promise, next, proposal.slot() - 1);
      next = proposal.slot() + 1;
      if (isAbove(proposal.ballot(), seat.durable().ballot(proposal.slot()))
          && !Objects.equals(proposal.batch(), seat.durable().batch(proposal.slot()))) {
        throw broken(seat, "tells of slot " + proposal.slot() + " at " + proposal.ballot());
      }
    }
    told(seat, promise, next, Math.min(promise.completeThrough(), seat.durable().top()));
  }

  /**
   * Between {@code from} and {@code to} it told of nothing: then it voted for nothing there. What
   * it was told in the same turn is another's to tell: a quorum that voted for it.
   */
  private static void told(Seat seat, Message.Promise promise, long from, long to) {
    for (long slot = from; slot <= to; slot++) {
      Proposal held = seat.durable().at(slot);
      boolean voted = seat.durable().hasVoted(slot);
      if (held != null && voted && isAbove(promise.ballot(), held.ballot())) {
        throw new Violation(
            "I7", "node " + seat.node() + " conceals " + held + " from " + promise.ballot());
      }
    }
  }
}

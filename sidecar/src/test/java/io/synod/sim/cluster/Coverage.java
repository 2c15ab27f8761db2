package io.synod.sim.cluster;

import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.run.CoverageMarks;
import io.synod.sim.run.CoverageMarks.CoverageMark;

/** Derives coverage marks from messages and events of a run. */
final class Coverage {
  private final CoverageMarks coverageMarks;
  private final ChosenLog chosenLog;
  private int leaders;
  private boolean electedLately;
  private long nextMembershipFrom = Long.MAX_VALUE;

  Coverage(CoverageMarks coverageMarks, ChosenLog chosenLog) {
    this.coverageMarks = coverageMarks;
    this.chosenLog = chosenLog;
  }

  void event(SimulatedMachine machine, Event event) {
    if (event instanceof Event.Elected) {
      electedLately = true;
      if (++leaders > 1) {
        coverageMarks.hit(CoverageMark.LEADER_CHANGED);
      }
    } else if (event instanceof Event.Proposed proposed) {
      proposed(machine, proposed);
    } else if (event instanceof Event.Refused) {
      coverageMarks.hit(CoverageMark.BALLOT_REFUSED);
    } else if (event instanceof Event.SteppedDown down) {
      if (down.led() && down.reason().contains("no quorum answers")) {
        coverageMarks.hit(CoverageMark.STEPPED_DOWN_WITHOUT_QUORUM);
      } else if (down.led() && down.reason().startsWith("slots were chosen")) {
        coverageMarks.hit(CoverageMark.DEPOSED_UNHEARD);
      }
    } else if (event instanceof Event.ElectionStarted started) {
      if (started.reason().contains("hands over")) {
        coverageMarks.hit(CoverageMark.HANDED_OVER);
      }
    } else if (event instanceof Event.MembershipChosen chosen) {
      coverageMarks.hit(CoverageMark.MEMBERSHIP_CHOSEN);
      if (chosen.fromSlot() != 0) {
        nextMembershipFrom = Math.min(nextMembershipFrom, chosen.fromSlot());
      }
    } else if (event instanceof Event.ClockStepped) {
      coverageMarks.hit(CoverageMark.CLOCK_STEPPED);
      if (machine.leads()) {
        coverageMarks.hit(CoverageMark.CLOCK_OF_LEADER_STEPPED);
      }
    } else if (event instanceof Event.Learned learned) {
      if (learned.how() == Chosen.How.CATCH_UP) {
        coverageMarks.hit(CoverageMark.CAUGHT_UP);
      } else if (learned.how() == Chosen.How.FROM_LEADER) {
        coverageMarks.hit(CoverageMark.LEARNED_FROM_LEADER);
      }
      if (learned.slot() >= nextMembershipFrom) {
        coverageMarks.hit(CoverageMark.CHOSEN_BY_NEXT_MEMBERSHIP);
      }
    }
  }

  private void proposed(SimulatedMachine machine, Event.Proposed proposed) {
    long slot = proposed.slot();
    boolean before = chosenLog.wasProposedBelow(slot, proposed.ballot());
    if (before && proposed.commands() > 0) {
      coverageMarks.hit(CoverageMark.VALUE_ADOPTED);
    }
    if (!before && proposed.commands() > 0 && machine.isRestored) {
      coverageMarks.hit(CoverageMark.LED_PAST_INSTALLED_SNAPSHOT);
    }
    if (proposed.commands() > 0 && machine.clock.isFrozen()) {
      coverageMarks.hit(CoverageMark.LED_WITH_FROZEN_CLOCK);
    }
    boolean noOp = proposed.commands() == 0;
    if (noOp && chosenLog.isHole(slot, proposed.ballot())) {
      coverageMarks.hit(CoverageMark.HOLE_FILLED);
    }
  }

  void onSent(Message message) {
    if (message instanceof Message.Promise promise) {
      if (promise.completeThrough() != Long.MAX_VALUE) {
        coverageMarks.hit(CoverageMark.PROMISE_PAGED);
      }
      if (promise.floor() >= promise.from()) {
        coverageMarks.hit(CoverageMark.FLOOR_BEFORE_LEADING);
      }
    } else if (message instanceof Message.Forward) {
      coverageMarks.hit(CoverageMark.PROPOSAL_FORWARDED);
    } else if (message instanceof Message.ReadAnswer) {
      coverageMarks.hit(CoverageMark.READ_FORWARDED);
      if (electedLately && leaders > 1) {
        coverageMarks.hit(CoverageMark.READ_AFTER_LEADER_CHANGE);
        electedLately = false;
      }
    }
  }
}

package io.synod.sim;

import io.synod.paxos.Chosen;
import io.synod.paxos.Event;
import io.synod.paxos.Message;
import io.synod.sim.Marks.Mark;

/** Turns what happens into marks: which branches a campaign has reached. */
final class Noticed {
  private final Marks marks;
  private int leaders;
  private boolean electedLately;

  Noticed(Marks marks) {
    this.marks = marks;
  }

  void event(World world, Host host, Event event) {
    if (event instanceof Event.Elected) {
      electedLately = true;
      if (++leaders > 1) {
        marks.hit(Mark.LEADER_CHANGED);
      }
    } else if (event instanceof Event.Proposed proposed) {
      proposed(world, host, proposed);
    } else if (event instanceof Event.Refused) {
      marks.hit(Mark.BALLOT_REFUSED);
    } else if (event instanceof Event.SteppedDown down) {
      if (down.led() && down.reason().contains("no quorum answers")) {
        marks.hit(Mark.STEPPED_DOWN_WITHOUT_QUORUM);
      } else if (down.led() && down.reason().startsWith("slots were chosen")) {
        marks.hit(Mark.DEPOSED_UNHEARD);
      }
    } else if (event instanceof Event.ElectionStarted started) {
      if (started.reason().contains("hands over")) {
        marks.hit(Mark.HANDED_OVER);
      }
    } else if (event instanceof Event.ClockStepped) {
      marks.hit(Mark.CLOCK_STEPPED);
      if (host.leaderSince != Long.MAX_VALUE) {
        marks.hit(Mark.CLOCK_OF_LEADER_STEPPED);
      }
    } else if (event instanceof Event.Learned learned) {
      if (learned.how() == Chosen.How.CATCH_UP) {
        marks.hit(Mark.CAUGHT_UP);
      } else if (learned.how() == Chosen.How.FROM_LEADER) {
        marks.hit(Mark.LEARNED_FROM_LEADER);
      }
    }
  }

  private void proposed(World world, Host host, Event.Proposed proposed) {
    long slot = proposed.slot();
    boolean before = world.court().ghost().wasProposedBelow(slot, proposed.ballot());
    if (before && proposed.commands() > 0) {
      marks.hit(Mark.VALUE_ADOPTED);
    }
    if (!before && proposed.commands() > 0 && host.isRestored) {
      marks.hit(Mark.LED_PAST_INSTALLED_SNAPSHOT);
    }
    if (proposed.commands() > 0 && host.clock.isFrozen()) {
      marks.hit(Mark.LED_WITH_FROZEN_CLOCK);
    }
    boolean noOp = proposed.commands() == 0;
    if (noOp && world.court().ghost().isHole(slot, proposed.ballot())) {
      marks.hit(Mark.HOLE_FILLED);
    }
  }

  void said(Message message) {
    if (message instanceof Message.Promise promise) {
      if (promise.completeThrough() != Long.MAX_VALUE) {
        marks.hit(Mark.PROMISE_PAGED);
      }
      if (promise.floor() >= promise.from()) {
        marks.hit(Mark.FLOOR_BEFORE_LEADING);
      }
    } else if (message instanceof Message.Forward) {
      marks.hit(Mark.PROPOSAL_FORWARDED);
    } else if (message instanceof Message.ReadAnswer) {
      marks.hit(Mark.READ_FORWARDED);
      if (electedLately && leaders > 1) {
        marks.hit(Mark.READ_AFTER_LEADER_CHANGE);
        electedLately = false;
      }
    }
  }
}

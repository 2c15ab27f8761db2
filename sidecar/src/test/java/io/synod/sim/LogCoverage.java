package io.synod.sim;

import io.synod.sim.CoverageMarks.Mark;
import io.synod.sim.check.ReferenceModel;
import io.synod.sim.check.SubmittedCommand;
import io.synod.state.Change;
import io.synod.state.Entry;
import io.synod.state.Model;
import io.synod.state.Reply;
import io.synod.state.Result;
import java.util.HashSet;
import java.util.Set;

/** What the chosen log comes to: marks, and what ends promises. */
final class LogCoverage implements ReferenceModel.Listener {
  private final World world;

  // The names of the requests that took effect, and how often a sidecar opened its own session.
  private final Set<String> requests = new HashSet<>();
  private final Set<String> owners = new HashSet<>();

  LogCoverage(World world) {
    this.world = world;
  }

  @Override
  public void did(long index, Entry entry, Model.Did did) {
    if (did.result() instanceof Result.Effect effect) {
      if (effect.reply() instanceof Reply.Done done && !done.succeeded()) {
        world.mark(Mark.COMPARE_FAILED);
      }
      effect(entry);
      holds(index, entry, effect.reply());
    } else {
      refused(did.result());
    }
    for (long session : Model.renewed(entry, index)) {
      world.workload().exclusion.renewed(session, world.trueNow());
    }
    for (Change change : did.changes()) {
      if (change.type() == Change.Type.EXPIRE) {
        world.mark(Mark.KEY_EXPIRED);
      } else if (change.type() == Change.Type.DELETE && entry.kind() != Entry.Kind.KV) {
        world.mark(Mark.EPHEMERAL_GONE);
      }
    }
  }

  private void holds(long index, Entry entry, Reply reply) {
    if (entry.kind() == Entry.Kind.HOLD && reply.equals(new Reply.Queued(true))) {
      world.workload().giveBacks.opened(entry.payload(), index);
    } else if (entry.kind() == Entry.Kind.CLOSE_SESSION) {
      world.workload().exclusion.closed(entry.session());
    }
  }

  private void effect(Entry entry) {
    boolean opensOwn = entry.kind() == Entry.Kind.OPEN_OWN_SESSION;
    if (opensOwn && !owners.add(entry.node() + " " + entry.payload())) {
      world.mark(Mark.OWN_SESSION_REPLACED);
    }
    if (!entry.requestId().isEmpty() && !requests.add(entry.requestId())) {
      // As the state's limits have it: the answer was out of the window by then.
      world.mark(Mark.REQUEST_FORGOTTEN);
      world.workload().once.mayRepeat(SubmittedCommand.of(entry));
    }
  }

  private void refused(Result result) {
    if (result instanceof Result.SequenceReused) {
      world.mark(Mark.SEQUENCE_REUSED);
    } else if (result instanceof Result.TooManySessions) {
      world.mark(Mark.SESSIONS_FULL);
    } else if (result instanceof Result.TooLate) {
      world.mark(Mark.OPENING_TOO_LATE);
    } else if (result instanceof Result.SequenceAhead) {
      world.mark(Mark.SEQUENCE_AHEAD);
    } else if (result instanceof Result.TooManyConsumers) {
      world.mark(Mark.CONSUMERS_FULL);
    } else if (result instanceof Result.TooManyOpenings) {
      world.mark(Mark.OPENINGS_FULL);
    } else if (result instanceof Result.AnswersFull) {
      world.mark(Mark.ANSWERS_FULL);
    }
  }

  @Override
  public void expired(long session) {
    world.mark(Mark.SESSION_EXPIRED);
    world.workload().exclusion.expired(session, world.trueNow());
  }

  @Override
  public void passed(
      String lock, ReferenceModel.Hold before, ReferenceModel.Hold after, Entry.Kind by) {
    if (by == Entry.Kind.RELEASE) {
      world.mark(Mark.LOCK_RELEASED);
      world.workload().exclusion.given(before.session());
    } else if (by == Entry.Kind.EXPIRE_SESSIONS && after.session() != 0) {
      world.mark(Mark.LOCK_PASSED_BY_EXPIRY);
    } else if (by == Entry.Kind.CLOSE_SESSION && after.session() != 0) {
      world.mark(Mark.LOCK_PASSED);
    }
  }
}

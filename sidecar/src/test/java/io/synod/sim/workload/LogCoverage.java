package io.synod.sim.workload;

import io.synod.sim.check.client.AtMostOnce;
import io.synod.sim.check.client.Exclusion;
import io.synod.sim.check.client.GiveBacks;
import io.synod.sim.check.client.ReferenceModel;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.Environment;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.CommandTargets;
import io.synod.state.Model;
import io.synod.state.command.Entry;
import io.synod.state.result.Change;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.HashSet;
import java.util.Set;

/** Derives coverage marks from the chosen log, and reports to the checkers which sessions ended. */
final class LogCoverage implements ReferenceModel.ModelListener {
  private final Environment environment;
  private final Exclusion exclusion;
  private final AtMostOnce once;
  private final GiveBacks giveBacks;

  // The request ids that took effect, and the owners of the own sessions that sidecars opened.
  private final Set<String> requests = new HashSet<>();
  private final Set<String> owners = new HashSet<>();

  LogCoverage(Environment environment, Exclusion exclusion, AtMostOnce once, GiveBacks giveBacks) {
    this.environment = environment;
    this.exclusion = exclusion;
    this.once = once;
    this.giveBacks = giveBacks;
  }

  @Override
  public void did(long index, Entry entry, Model.Did did) {
    if (did.result() instanceof Result.Effect effect) {
      if (effect.reply() instanceof Reply.Done done && !done.succeeded()) {
        environment.mark(CoverageMark.COMPARE_FAILED);
      }
      effect(entry);
      holds(index, entry, effect.reply());
    } else {
      refused(did.result());
    }
    for (long session : CommandTargets.renewed(entry, index)) {
      exclusion.renewed(session, environment.trueNow());
    }
    for (Change change : did.changes()) {
      if (change.type() == Change.Type.EXPIRE) {
        environment.mark(CoverageMark.KEY_EXPIRED);
      } else if (change.type() == Change.Type.DELETE && entry.kind() != Entry.Kind.KV) {
        environment.mark(CoverageMark.EPHEMERAL_GONE);
      }
    }
  }

  private void holds(long index, Entry entry, Reply reply) {
    if (entry.kind() == Entry.Kind.HOLD && reply.equals(new Reply.Queued(true))) {
      giveBacks.opened(entry.payload(), index);
    } else if (entry.kind() == Entry.Kind.CLOSE_SESSION) {
      exclusion.closed(entry.session());
    }
  }

  private void effect(Entry entry) {
    boolean opensOwn = entry.kind() == Entry.Kind.OPEN_OWN_SESSION;
    if (opensOwn && !owners.add(entry.node() + " " + entry.payload())) {
      environment.mark(CoverageMark.OWN_SESSION_REPLACED);
    }
    if (!entry.requestId().isEmpty() && !requests.add(entry.requestId())) {
      // By the limits of the state, the earlier answer was no longer remembered.
      environment.mark(CoverageMark.REQUEST_FORGOTTEN);
      once.mayRepeat(SubmittedCommand.of(entry));
    }
  }

  private void refused(Result result) {
    if (result instanceof Result.SequenceReused) {
      environment.mark(CoverageMark.SEQUENCE_REUSED);
    } else if (result instanceof Result.TooManySessions) {
      environment.mark(CoverageMark.SESSIONS_FULL);
    } else if (result instanceof Result.TooLate) {
      environment.mark(CoverageMark.OPENING_TOO_LATE);
    } else if (result instanceof Result.SequenceAhead) {
      environment.mark(CoverageMark.SEQUENCE_AHEAD);
    } else if (result instanceof Result.TooManyConsumers) {
      environment.mark(CoverageMark.CONSUMERS_FULL);
    } else if (result instanceof Result.TooManyOpenings) {
      environment.mark(CoverageMark.OPENINGS_FULL);
    } else if (result instanceof Result.AnswersFull) {
      environment.mark(CoverageMark.ANSWERS_FULL);
    }
  }

  @Override
  public void expired(long session) {
    environment.mark(CoverageMark.SESSION_EXPIRED);
    exclusion.expired(session, environment.trueNow());
  }

  @Override
  public void passed(
      String lock, ReferenceModel.LockGrant before, ReferenceModel.LockGrant after, Entry.Kind by) {
    if (by == Entry.Kind.RELEASE) {
      environment.mark(CoverageMark.LOCK_RELEASED);
      exclusion.given(before.session());
    } else if (by == Entry.Kind.EXPIRE_SESSIONS && after.session() != 0) {
      environment.mark(CoverageMark.LOCK_PASSED_BY_EXPIRY);
    } else if (by == Entry.Kind.CLOSE_SESSION && after.session() != 0) {
      environment.mark(CoverageMark.LOCK_PASSED);
    }
  }
}

package io.synod.api;

import io.grpc.StatusRuntimeException;
import io.synod.runtime.Freshness;
import io.synod.runtime.Outcome;
import io.synod.state.Result;
import io.synod.v1.SessionSequence;
import org.jspecify.annotations.Nullable;

/** The answers of the node that are not what the client hoped for. */
final class Outcomes {
  private Outcomes() {}

  /** What was applied, or the refusal that says why it was not. */
  static Outcome.Applied applied(Outcome outcome, @Nullable SessionSequence given) {
    if (outcome instanceof Outcome.Applied applied) {
      return applied;
    }
    throw refusal(outcome, given);
  }

  /** The refusal that says why it was not applied. */
  static StatusRuntimeException refusal(Outcome outcome, @Nullable SessionSequence given) {
    if (outcome instanceof Outcome.Unavailable no) {
      return Refusal.noQuorum(no.voters(), no.reachable(), no.required());
    }
    if (outcome instanceof Outcome.Quarantined) {
      return Refusal.quarantined();
    }
    if (outcome instanceof Outcome.Overloaded no) {
      return Refusal.overloaded("too many proposals wait", no.retryAfterMillis());
    }
    if (outcome instanceof Outcome.SessionUnknown no) {
      return Refusal.sessionUnknown(no.session());
    }
    if (outcome instanceof Outcome.SequenceReused no) {
      return Refusal.sequenceReused(no.session(), no.sequence());
    }
    if (outcome instanceof Outcome.SequenceForgotten no) {
      return Refusal.sequenceForgotten(no.session(), no.sequence(), no.ackedBelow());
    }
    if (outcome instanceof Outcome.SequenceAhead no) {
      return Refusal.sequenceAhead(no.session(), no.sequence(), no.limit());
    }
    if (outcome instanceof Outcome.WithoutEffect no) {
      return refusal(no.why());
    }
    return Refusal.outcomeUnknown(given);
  }

  private static StatusRuntimeException refusal(Result why) {
    if (why instanceof Result.NotHeld) {
      return Refusal.notHeld();
    }
    if (why instanceof Result.ConsumerUnknown) {
      return Refusal.consumerUnknown();
    }
    throw new IllegalStateException("a result without a refusal");
  }

  /** What may be read, or the refusal that says why it may not. */
  static Freshness.Fresh fresh(Freshness freshness, long leaderContactNanos) {
    if (freshness instanceof Freshness.Fresh fresh) {
      return fresh;
    }
    if (freshness instanceof Freshness.Unavailable no) {
      throw Refusal.noQuorum(no.voters(), no.reachable(), no.required());
    }
    if (freshness instanceof Freshness.Quarantined) {
      throw Refusal.quarantined();
    }
    if (freshness instanceof Freshness.TooStale no) {
      throw Refusal.tooStale(no.appliedIndex(), no.stalenessNanos());
    }
    if (freshness instanceof Freshness.NotYetApplied no) {
      throw Refusal.notYetApplied(no.appliedIndex(), no.wantedIndex(), leaderContactNanos);
    }
    throw Refusal.overloaded(
        "too many reads wait", ((Freshness.Overloaded) freshness).retryAfterMillis());
  }
}

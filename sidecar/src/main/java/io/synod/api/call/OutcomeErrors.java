package io.synod.api.call;

import io.grpc.StatusRuntimeException;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.state.result.Result;
import io.synod.v1.Reason;

/** Maps outcomes other than success to the errors that clients receive. */
public final class OutcomeErrors {
  private static final long RETRY_MILLIS = 1_000;

  private OutcomeErrors() {}

  /** The applied outcome; throws the error for any other outcome. */
  public static Outcome.Applied applied(Outcome outcome, IdempotencyKey idempotencyKey) {
    if (outcome instanceof Outcome.Applied applied) {
      return applied;
    }
    throw refusal(outcome, idempotencyKey);
  }

  /** The error for an outcome that is not applied. */
  public static StatusRuntimeException refusal(Outcome outcome, IdempotencyKey idempotencyKey) {
    if (outcome instanceof Outcome.Unavailable no) {
      return unavailable(no.why());
    }
    if (outcome instanceof Outcome.Quarantined) {
      return StatusErrors.quarantined();
    }
    if (outcome instanceof Outcome.Overloaded no) {
      return StatusErrors.overloaded("too many proposals are pending", no.retryAfterMillis());
    }
    if (outcome instanceof Outcome.SessionUnknown no) {
      return StatusErrors.sessionUnknown(no.session());
    }
    if (outcome instanceof Outcome.SequenceReused no) {
      return StatusErrors.sequenceReused(no.session(), no.sequence());
    }
    if (outcome instanceof Outcome.SequenceForgotten no) {
      return StatusErrors.sequenceForgotten(no.session(), no.sequence(), no.ackedBelow());
    }
    if (outcome instanceof Outcome.SequenceAhead no) {
      return StatusErrors.sequenceAhead(no.session(), no.sequence(), no.limit());
    }
    if (outcome instanceof Outcome.WithoutEffect no) {
      return withoutEffect(no.why());
    }
    return StatusErrors.outcomeUnknown(idempotencyKey.advice(), idempotencyKey.resend());
  }

  /** The error for a proposal that was not chosen in time, and surely will not be. */
  public static StatusRuntimeException unavailable(Availability why) {
    return switch (why.reason()) {
      case AVAILABLE -> StatusErrors.unavailable(Reason.TOO_SLOW, why);
      case NOT_FORMED, FORMATION_BLOCKED, ORIGINS_DIFFER ->
          StatusErrors.unavailable(Reason.NOT_FORMED, why);
      case NO_QUORUM -> StatusErrors.unavailable(Reason.NO_QUORUM, why);
      case QUORUM_LOST -> StatusErrors.unavailable(Reason.QUORUM_LOST, why);
      case NO_LEADER -> StatusErrors.unavailable(Reason.NO_LEADER, why);
      case DISK_FULL -> StatusErrors.diskFull(why);
      case STOPPING -> StatusErrors.shuttingDown();
    };
  }

  /** The error for a command that was chosen and had no effect on the state. */
  private static StatusRuntimeException withoutEffect(Result why) {
    if (why instanceof Result.RequestIdReused) {
      return StatusErrors.requestIdReused();
    }
    if (why instanceof Result.OwnerUnknown no) {
      return StatusErrors.sessionUnknown(no.session());
    }
    if (why instanceof Result.TooManyKeys no) {
      return StatusErrors.invalid(
          "delete_prefix", "has more than " + no.limit() + " pairs; nothing was changed");
    }
    if (why instanceof Result.AnswerTooLarge no) {
      return StatusErrors.invalid(
          "results", "would have more than " + no.limit() + " bytes; nothing was changed");
    }
    if (why instanceof Result.AnswersFull no) {
      return StatusErrors.answersFull(no.limit());
    }
    if (why instanceof Result.TooManyConsumers no) {
      return StatusErrors.crowded("consumers", (int) no.limit());
    }
    if (why instanceof Result.TooManySessions no) {
      return overloaded(
          "the cluster has "
              + no.limit()
              + " sessions with a ttl, held locks included; a new one is accepted when one of them"
              + " ends");
    }
    if (why instanceof Result.TooManyOpenings no) {
      return overloaded(
          "the answers remembered for recent sessions and locks have reached their limit of "
              + no.limit()
              + " bytes");
    }
    if (why instanceof Result.TooLate) {
      return overloaded(
          "the proposal arrived late: a later one was already refused for lack of space, or the"
              + " answers remembered from its time were forgotten");
    }
    if (why instanceof Result.NotHeld) {
      return StatusErrors.notHeld();
    }
    if (why instanceof Result.ConsumerUnknown) {
      return StatusErrors.consumerUnknown();
    }
    throw new IllegalStateException("a result without a refusal");
  }

  private static StatusRuntimeException overloaded(String text) {
    return StatusErrors.overloaded(text, RETRY_MILLIS);
  }

  /** As {@link #fresh(ReadFreshness, long)}; takes the status of the node only if it is needed. */
  public static ReadFreshness.Fresh fresh(ReadFreshness readFreshness, Inspection inspection) {
    return readFreshness instanceof ReadFreshness.Fresh fresh
        ? fresh
        : fresh(readFreshness, inspection.status().leaderContactNanos());
  }

  /** The freshness that was reached; throws the error if it was not. */
  public static ReadFreshness.Fresh fresh(ReadFreshness readFreshness, long leaderContactNanos) {
    if (readFreshness instanceof ReadFreshness.Fresh fresh) {
      return fresh;
    }
    if (readFreshness instanceof ReadFreshness.Unavailable no) {
      throw unavailable(no.why());
    }
    if (readFreshness instanceof ReadFreshness.Quarantined) {
      throw StatusErrors.quarantined();
    }
    if (readFreshness instanceof ReadFreshness.TooStale no) {
      throw StatusErrors.tooStale(no.appliedIndex(), no.stalenessNanos());
    }
    if (readFreshness instanceof ReadFreshness.NotYetApplied no) {
      throw StatusErrors.notYetApplied(no.appliedIndex(), no.wantedIndex(), leaderContactNanos);
    }
    throw StatusErrors.overloaded(
        "too many reads are pending",
        ((ReadFreshness.Overloaded) readFreshness).retryAfterMillis());
  }
}

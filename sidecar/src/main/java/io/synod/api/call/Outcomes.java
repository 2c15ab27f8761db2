package io.synod.api.call;

import io.grpc.StatusRuntimeException;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.state.Result;
import io.synod.v1.Reason;

/** The answers of the node that are not what the client hoped for. */
public final class Outcomes {
  private static final long RETRY_MILLIS = 1_000;

  private Outcomes() {}

  /** What was applied, or the refusal that says why it was not. */
  public static Outcome.Applied applied(Outcome outcome, Again again) {
    if (outcome instanceof Outcome.Applied applied) {
      return applied;
    }
    throw refusal(outcome, again);
  }

  /** The refusal that says why it was not applied. */
  public static StatusRuntimeException refusal(Outcome outcome, Again again) {
    if (outcome instanceof Outcome.Unavailable no) {
      return unavailable(no.why());
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
      return withoutEffect(no.why());
    }
    return Refusal.outcomeUnknown(again);
  }

  /** Nothing was chosen in time, and why. */
  private static StatusRuntimeException unavailable(Availability why) {
    return switch (why.reason()) {
      case AVAILABLE -> Refusal.unavailable(Reason.TOO_SLOW, why);
      case NOT_FORMED, FORMATION_BLOCKED -> Refusal.unavailable(Reason.NOT_FORMED, why);
      case NO_QUORUM -> Refusal.unavailable(Reason.NO_QUORUM, why);
      case QUORUM_LOST -> Refusal.unavailable(Reason.QUORUM_LOST, why);
      case NO_LEADER -> Refusal.unavailable(Reason.NO_LEADER, why);
      case DISK_FULL -> Refusal.diskFull(why);
      case STOPPING -> Refusal.shuttingDown();
    };
  }

  /** It is known to have done nothing, and the state says why. */
  private static StatusRuntimeException withoutEffect(Result why) {
    if (why instanceof Result.RequestIdReused) {
      return Refusal.requestIdReused();
    }
    if (why instanceof Result.OwnerUnknown no) {
      return Refusal.sessionUnknown(no.session());
    }
    if (why instanceof Result.TooManyKeys no) {
      return Refusal.invalid(
          "delete_prefix", "has more than " + no.limit() + " pairs, so nothing was done");
    }
    if (why instanceof Result.AnswerTooLarge no) {
      return Refusal.invalid(
          "results", "would have more than " + no.limit() + " bytes, so nothing was done");
    }
    if (why instanceof Result.AnswersFull no) {
      return Refusal.answersFull(no.limit());
    }
    if (why instanceof Result.TooManyConsumers no) {
      return Refusal.crowded("consumers", (int) no.limit());
    }
    if (why instanceof Result.TooManySessions no) {
      return overloaded(
          "the cluster has "
              + no.limit()
              + " sessions with a ttl, held locks included, and takes another when one ends");
    }
    if (why instanceof Result.TooManyOpenings no) {
      return overloaded(
          "what is remembered of the sessions and locks asked for lately holds "
              + no.limit()
              + " bytes, the most");
    }
    if (why instanceof Result.TooLate) {
      return overloaded(
          "the proposal was late: a later one was refused before it for want of room, or what is"
              + " remembered of its time was forgotten");
    }
    if (why instanceof Result.NotHeld) {
      return Refusal.notHeld();
    }
    if (why instanceof Result.ConsumerUnknown) {
      return Refusal.consumerUnknown();
    }
    throw new IllegalStateException("a result without a refusal");
  }

  private static StatusRuntimeException overloaded(String text) {
    return Refusal.overloaded(text, RETRY_MILLIS);
  }

  /** As {@link #fresh(Freshness, long)}, and asks for the contact only when it has to. */
  public static Freshness.Fresh fresh(Freshness freshness, Node node) {
    return freshness instanceof Freshness.Fresh fresh
        ? fresh
        : fresh(freshness, node.status().leaderContactNanos());
  }

  /** What may be read, or the refusal that says why it may not. */
  public static Freshness.Fresh fresh(Freshness freshness, long leaderContactNanos) {
    if (freshness instanceof Freshness.Fresh fresh) {
      return fresh;
    }
    if (freshness instanceof Freshness.Unavailable no) {
      throw unavailable(no.why());
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

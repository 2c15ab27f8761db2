package io.synod.runtime.node;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.result.Applied;
import io.synod.state.result.Result;

/** Maps the result of an entry to the outcome for its caller. */
public final class OutcomeMapping {
  private OutcomeMapping() {}

  /**
   * Whether the result of an entry concerns this attempt: one attempt may take effect where another
   * was refused because of its acknowledgement.
   */
  public static boolean concerns(long attempt, Entry entry, Result result) {
    boolean ofOne =
        result instanceof Result.SequenceAhead
            || result instanceof Result.TooLate
            || result instanceof Result.TooManySessions
            || result instanceof Result.TooManyOpenings;
    return !ofOne || entry.attempt() == attempt;
  }

  /**
   * The outcome for the caller of an attempt, once a copy of the command is applied.
   *
   * @param entry the applied entry, of this attempt or of another
   * @param attempt the caller's
   */
  public static Outcome of(
      Chosen chosen, SlotResult slotResult, Applied applied, Entry entry, long attempt) {
    Result result = applied.result();
    long session = entry.session();
    long sequence = entry.sequence();
    if (result instanceof Result.Repetition repetition) {
      return new Outcome.Applied(
          repetition.index(),
          repetition.slot(),
          Ballot.NONE,
          repetition.attempt() != attempt,
          repetition.logTimeMillis(),
          repetition.reply());
    } else if (result instanceof Result.SequenceReused) {
      return new Outcome.SequenceReused(session, sequence);
    } else if (result instanceof Result.SequenceForgotten forgotten) {
      return new Outcome.SequenceForgotten(session, sequence, forgotten.ackedBelow());
    } else if (result instanceof Result.SequenceAhead ahead) {
      return new Outcome.SequenceAhead(session, sequence, ahead.limit());
    } else if (result instanceof Result.Effect effect) {
      return new Outcome.Applied(
          applied.index(),
          chosen.proposal().slot(),
          chosen.proposal().ballot(),
          entry.attempt() != attempt,
          // The effective log time: the stamp may be below that of an earlier slot.
          slotResult.states().get(applied.position()).mark().logTimeMillis(),
          effect.reply());
    } else if (result instanceof Result.SessionUnknown) {
      return new Outcome.SessionUnknown(session);
    }
    return new Outcome.WithoutEffect(result);
  }
}

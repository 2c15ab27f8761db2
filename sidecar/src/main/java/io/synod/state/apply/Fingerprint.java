package io.synod.state.apply;

import io.synod.state.SessionTable;
import io.synod.state.State;
import io.synod.state.encoding.Digest;
import io.synod.state.result.KeyValue;
import io.synod.state.result.OpResult;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extends the rolling digest by what commands and their effects on pairs do not show: the answer to
 * each command, and the sizes of the parts of the state. A value is not digested again: the command
 * that wrote it already is, and its index and length identify it.
 */
public final class Fingerprint {
  private static final int NOTHING = 0;

  private Fingerprint() {}

  /** The digest extended by the result of a command. */
  public static long of(long digest, Result result) {
    if (result instanceof Result.Effect effect) {
      return of(Digest.with(digest, 1), effect.reply());
    } else if (result instanceof Result.Repetition again) {
      long with = Digest.with(Digest.with(digest, 2), again.index());
      with = Digest.with(Digest.with(with, again.slot()), again.logTimeMillis());
      return of(Digest.with(with, again.attempt()), again.reply());
    }
    return refusal(digest, result);
  }

  private static long refusal(long digest, Result result) {
    if (result instanceof Result.SessionUnknown unknown) {
      return with(digest, 3, unknown.session());
    } else if (result instanceof Result.SequenceReused) {
      return with(digest, 4, 0);
    } else if (result instanceof Result.SequenceForgotten forgotten) {
      return with(digest, 5, forgotten.ackedBelow());
    } else if (result instanceof Result.SequenceAhead ahead) {
      return with(digest, 6, ahead.limit());
    } else if (result instanceof Result.AnswersFull full) {
      return with(digest, 7, full.limit());
    } else if (result instanceof Result.RequestIdReused) {
      return with(digest, 8, 0);
    } else if (result instanceof Result.OwnerUnknown unknown) {
      return with(digest, 9, unknown.session());
    } else if (result instanceof Result.TooManyKeys many) {
      return with(digest, 10, many.limit());
    } else if (result instanceof Result.AnswerTooLarge large) {
      return with(digest, 11, large.limit());
    } else if (result instanceof Result.TooManySessions many) {
      return with(digest, 12, many.limit());
    } else if (result instanceof Result.NotHeld) {
      return with(digest, 13, 0);
    } else if (result instanceof Result.TooManyConsumers many) {
      return with(digest, 14, many.limit());
    } else if (result instanceof Result.ConsumerUnknown) {
      return with(digest, 15, 0);
    } else if (result instanceof Result.Malformed) {
      return with(digest, 16, 0);
    } else if (result instanceof Result.TooLate) {
      return with(digest, 17, 0);
    } else if (result instanceof Result.TooManyOpenings many) {
      return with(digest, 18, many.limit());
    }
    throw new IllegalStateException("an unknown type of result");
  }

  private static long of(long digest, Reply reply) {
    if (reply instanceof Reply.None) {
      return Digest.with(digest, 1);
    } else if (reply instanceof Reply.Done done) {
      return of(with(digest, 2, done.succeeded() ? 1 : 0), done.results());
    } else if (reply instanceof Reply.Queued queued) {
      return with(digest, 3, queued.queued() ? 1 : 0);
    } else if (reply instanceof Reply.Released released) {
      return with(digest, 4, released.token());
    } else if (reply instanceof Reply.Acknowledged acknowledged) {
      return with(digest, 5, acknowledged.index());
    }
    throw new IllegalStateException("an unknown type of reply");
  }

  private static long of(long digest, List<OpResult> results) {
    long with = Digest.with(digest, results.size());
    for (OpResult result : results) {
      with = Digest.with(of(of(with, result.kv()), result.previous()), result.deleted());
    }
    return with;
  }

  private static long of(long digest, @Nullable KeyValue pair) {
    if (pair == null) {
      return Digest.with(digest, NOTHING);
    }
    long with = Digest.with(Digest.with(digest, pair.modIndex()), pair.createIndex());
    with = Digest.with(Digest.with(with, pair.version()), pair.session());
    return Digest.with(Digest.with(with, pair.expireMillis()), pair.value().bytes().length);
  }

  /** The digest extended by the sizes of the parts of this state. */
  static long of(long digest, State state) {
    SessionTable sessions = state.table();
    State.Rest rest = state.rest();
    long with = Digest.with(digest, state.bytes());
    with = Digest.with(Digest.with(with, state.keyCount()), rest.commanded());
    with = Digest.with(Digest.with(with, sessions.count()), sessions.answerCount());
    with =
        Digest.with(
            Digest.with(with, state.lockCount()), rest.requestMemory().requests().byId().size());
    with = Digest.with(with, rest.requestMemory().openings().byId().size());
    with = Digest.with(with, rest.requestMemory().refusedIndex());
    return Digest.with(with, state.consumers().size());
  }

  private static long with(long digest, int kind, long value) {
    return Digest.with(Digest.with(digest, kind), value);
  }
}

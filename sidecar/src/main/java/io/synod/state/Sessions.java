package io.synod.state;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which sequences of which sessions took effect, so that a repetition takes none.
 *
 * <p>Everything is bounded, and what is dropped is a function of the log alone: when there are too
 * many sessions or remembered answers, the session that was used longest ago goes, and whoever uses
 * it again is told so.
 */
final class Sessions {
  /** How many sessions are remembered. */
  static final int SESSIONS_MAX = 10_000;

  /** How many sequences above the acknowledged ones one session may use. */
  static final int AHEAD_MAX = 1 << 14;

  /** How many answers are remembered in all. */
  static final int ANSWERS_MAX = 1 << 20;

  // In order of last use.
  private final LinkedHashMap<Long, Session> sessions = new LinkedHashMap<>(64, 0.75f, true);
  private int answers;

  /** What is remembered of a sequence. */
  record Answer(long index, long slot, long logTimeMillis, long payloadDigest) {}

  private static final class Session {
    private final Map<Long, Answer> answers = new HashMap<>();
    // Invariant: never falls; no answer is remembered below it.
    private long ackedBelow = 1;
  }

  void open(long session) {
    sessions.put(session, new Session());
    evict(session);
  }

  boolean close(long session) {
    Session closed = sessions.remove(session);
    if (closed != null) {
      answers -= closed.answers.size();
    }
    return closed != null;
  }

  int count() {
    return sessions.size();
  }

  /** What becomes of this entry; on {@link Result.Effect} the answer is remembered. */
  Result admit(Entry entry, Answer answer) {
    Session session = sessions.get(entry.session());
    if (session == null) {
      return new Result.SessionUnknown();
    }
    Result refusal = refusal(session, entry, answer);
    if (refusal != null) {
      return refusal;
    }
    acknowledge(session, Math.min(entry.ackedBelow(), entry.sequence()));
    session.answers.put(entry.sequence(), answer);
    answers++;
    evict(entry.session());
    return new Result.Effect();
  }

  private static @Nullable Result refusal(Session session, Entry entry, Answer answer) {
    long sequence = entry.sequence();
    if (sequence < session.ackedBelow) {
      return new Result.SequenceForgotten(session.ackedBelow);
    }
    Answer before = session.answers.get(sequence);
    if (before != null) {
      return before.payloadDigest() == answer.payloadDigest()
          ? new Result.Repetition(before.index(), before.slot(), before.logTimeMillis())
          : new Result.SequenceReused();
    }
    long acked = Math.max(session.ackedBelow, Math.min(entry.ackedBelow(), sequence));
    return sequence - acked >= AHEAD_MAX ? new Result.SequenceAhead(AHEAD_MAX) : null;
  }

  private void acknowledge(Session session, long ackedBelow) {
    if (ackedBelow <= session.ackedBelow) {
      return;
    }
    if (ackedBelow - session.ackedBelow <= session.answers.size()) {
      for (long sequence = session.ackedBelow; sequence < ackedBelow; sequence++) {
        answers -= session.answers.remove(sequence) == null ? 0 : 1;
      }
    } else {
      int before = session.answers.size();
      session.answers.keySet().removeIf(sequence -> sequence < ackedBelow);
      answers -= before - session.answers.size();
    }
    session.ackedBelow = ackedBelow;
  }

  private void evict(long current) {
    Iterator<Map.Entry<Long, Session>> oldest = sessions.entrySet().iterator();
    while ((sessions.size() > SESSIONS_MAX || answers > ANSWERS_MAX) && oldest.hasNext()) {
      Map.Entry<Long, Session> session = oldest.next();
      if (session.getKey() != current) {
        answers -= session.getValue().answers.size();
        oldest.remove();
      }
    }
  }
}

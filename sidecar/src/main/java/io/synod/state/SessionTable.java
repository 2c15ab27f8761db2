package io.synod.state;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * The open sessions, and what they remember.
 *
 * <p>Everything is bounded, and what is dropped is a function of the log alone: when there are too
 * many sessions or remembered answers, the session that was used longest ago ends, and whoever uses
 * it again is told so. Those that end by themselves are left: their keepers count on them, and on
 * what they hold. When there are too many of those, another is refused.
 *
 * @param answerCount how many answers all sessions remember
 * @param answerBytes what those answers hold
 */
record SessionTable(
    TreePMap<Long, Session> byId, TreePSet<Use> byUse, long answerCount, long answerBytes) {
  /** How many sessions are remembered. */
  static final int SESSIONS_MAX = 10_000;

  /** How many sequences above the acknowledged ones one session may use. */
  static final int AHEAD_MAX = 1 << 14;

  /** How many answers are remembered in all. */
  static final int ANSWERS_MAX = 1 << 20;

  /** How many bytes those answers may hold. */
  static final long ANSWER_BYTES_MAX = 64L << 20;

  static final SessionTable EMPTY = new SessionTable(TreePMap.empty(), TreePSet.empty(), 0, 0);

  /** When a session was used last, and whether it is kept. */
  record Use(boolean kept, long index, long session) implements Comparable<Use> {
    @Override
    public int compareTo(Use other) {
      int byKept = Boolean.compare(kept, other.kept);
      int byIndex = byKept != 0 ? byKept : Long.compare(index, other.index);
      return byIndex != 0 ? byIndex : Long.compare(session, other.session);
    }

    private static Use of(Session session) {
      return new Use(session.ttlMillis() > 0, session.usedIndex(), session.id());
    }
  }

  @Nullable Session get(long id) {
    return byId.get(id);
  }

  int count() {
    return byId.size();
  }

  /** With this session, new or changed. */
  SessionTable with(Session session) {
    Session before = byId.get(session.id());
    TreePSet<Use> uses = byUse;
    long count = answerCount + session.answers().size();
    if (before != null) {
      uses = before.usedIndex() == session.usedIndex() ? uses : uses.minus(Use.of(before));
      count -= before.answers().size();
    }
    return new SessionTable(
        byId.plus(session.id(), session), uses.plus(Use.of(session)), count, answerBytes);
  }

  SessionTable without(Session session) {
    long bytes = answerBytes;
    for (Answer answer : session.answers().values()) {
      bytes -= answer.bytes();
    }
    return new SessionTable(
        byId.minus(session.id()),
        byUse.minus(Use.of(session)),
        answerCount - session.answers().size(),
        bytes);
  }

  /** An answer that was read back from a snapshot. */
  SessionTable remembering(Session session, long sequence, Answer answer) {
    SessionTable table = with(session.remembering(sequence, answer));
    return new SessionTable(
        table.byId, table.byUse, table.answerCount, answerBytes + answer.bytes());
  }

  /** Remembers an answer in {@code session}, and forgets those that are acknowledged. */
  SessionTable answering(Session session, long sequence, Answer answer, long acked) {
    long bytes = answerBytes + answer.bytes();
    TreePMap<Long, Answer> before = session.answers();
    while (!before.isEmpty() && before.firstKey() < acked) {
      bytes -= before.firstEntry().getValue().bytes();
      before = before.minusFirstEntry();
    }
    SessionTable table = with(session.answering(sequence, answer, acked));
    return new SessionTable(table.byId, table.byUse, table.answerCount, bytes);
  }

  /** Whether there is no room for another, and none may be ended to make some. */
  boolean isFull() {
    return byId.size() >= SESSIONS_MAX && byUse.first().kept();
  }

  /** The session that has to go next because there is too much; null if there is not. */
  @Nullable Session excess(long current) {
    boolean tooMuch =
        byId.size() > SESSIONS_MAX || answerCount > ANSWERS_MAX || answerBytes > ANSWER_BYTES_MAX;
    if (!tooMuch || byId.size() <= 1) {
      return null;
    }
    Use oldest = byUse.first();
    if (oldest.session() == current) {
      oldest = byUse.minus(oldest).first();
    }
    return oldest.kept() ? null : byId.get(oldest.session());
  }
}

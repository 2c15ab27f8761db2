package io.synod.state;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * The open sessions, and what they remember.
 *
 * <p>Everything is bounded, and what is dropped is a function of the log alone: when there are too
 * many sessions, the one that was used longest ago ends, and whoever uses it again is told so. When
 * there are too many remembered answers, those who have many must acknowledge some first. Those
 * that end by themselves are left: their keepers count on them, and on what they hold. When there
 * are too many of those, another is refused.
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

  /** How many of them those of one session may. */
  static final long SESSION_BYTES_MAX = 16L << 20;

  /** What every session may hold, however much others do. */
  private static final long SESSION_BYTES_FREE = 64L << 10;

  private static final int SESSION_ANSWERS_FREE = 64;

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
    long bytes = answerBytes + session.answerBytes();
    if (before != null) {
      uses = before.usedIndex() == session.usedIndex() ? uses : uses.minus(Use.of(before));
      count -= before.answers().size();
      bytes -= before.answerBytes();
    }
    return new SessionTable(
        byId.plus(session.id(), session), uses.plus(Use.of(session)), count, bytes);
  }

  SessionTable without(Session session) {
    return new SessionTable(
        byId.minus(session.id()),
        byUse.minus(Use.of(session)),
        answerCount - session.answers().size(),
        answerBytes - session.answerBytes());
  }

  /**
   * Whether this session remembers so much that it has to acknowledge some first: too much by
   * itself, or a good part of what is too much together. So nobody pays for what another leaves.
   */
  boolean isLaden(Session session) {
    return session.answerBytes() > SESSION_BYTES_MAX
        || (answerBytes > ANSWER_BYTES_MAX && session.answerBytes() > SESSION_BYTES_FREE)
        || (answerCount > ANSWERS_MAX && session.answers().size() > SESSION_ANSWERS_FREE);
  }

  /** Whether there is no room for another, and none may be ended to make some. */
  boolean isFull() {
    return byId.size() >= SESSIONS_MAX && byUse.first().kept();
  }

  /** The session that has to go next because there are too many; null if there are not. */
  @Nullable Session excess(long current) {
    if (byId.size() <= SESSIONS_MAX) {
      return null;
    }
    Use oldest = byUse.first();
    if (oldest.session() == current) {
      oldest = byUse.minus(oldest).first();
    }
    return oldest.kept() ? null : byId.get(oldest.session());
  }
}

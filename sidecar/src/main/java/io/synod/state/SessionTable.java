package io.synod.state;

import io.synod.state.command.SessionKind;
import io.synod.state.encoding.StateCheck;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * The open sessions, with their remembered answers.
 *
 * <p>All of it is bounded, and what is evicted depends on the log alone. When there are too many
 * sessions, the least recently used one is evicted, and its next use is refused. When there are too
 * many remembered answers, sessions with many must acknowledge some first. Sessions with a time to
 * live are not evicted, since their owners rely on them and on what they hold; when there are too
 * many of those, a new one is refused.
 *
 * <p>A sidecar's own sessions are separate: there is one of each kind per node, none is counted or
 * evicted in favour of callers' sessions, and their answers are counted separately.
 *
 * @param byUse the sessions of callers
 * @param own the own sessions of sidecars
 * @param answerCount how many answers all sessions remember
 * @param answerBytes the size of those answers
 */
public record SessionTable(
    TreePMap<Long, Session> byId,
    TreePSet<EvictionKey> byUse,
    TreePMap<Long, Long> own,
    long answerCount,
    long answerBytes) {
  /** The fractions of the limits that every session may use, whatever the others use. */
  private static final int SESSION_PARTS_FREE = 256;

  private static final int ANSWERS_PARTS_FREE = 1 << 14;

  static final SessionTable EMPTY =
      new SessionTable(TreePMap.empty(), TreePSet.empty(), TreePMap.empty(), 0, 0);

  /** The order of eviction: sessions without a time to live first, then by last use. */
  record EvictionKey(boolean kept, long index, long session) implements Comparable<EvictionKey> {
    @Override
    public int compareTo(EvictionKey other) {
      int byKept = Boolean.compare(kept, other.kept);
      int byIndex = byKept != 0 ? byKept : Long.compare(index, other.index);
      return byIndex != 0 ? byIndex : Long.compare(session, other.session);
    }

    private static EvictionKey of(Session session) {
      return new EvictionKey(session.ttlMillis() > 0, session.usedIndex(), session.id());
    }
  }

  @Nullable
  public Session get(long id) {
    return byId.get(id);
  }

  /** How many sessions there are, sidecars' own ones included. */
  public int count() {
    return byId.size();
  }

  /** How many sessions of callers there are. */
  int callerCount() {
    return byUse.size();
  }

  /** The own session of this kind on a node; null if there is none. */
  @Nullable
  public Session own(int node, SessionKind kind) {
    Long id = own.get(place(node, kind));
    return id == null ? null : byId.get(id);
  }

  private static long place(int node, SessionKind kind) {
    return 4L * node + kind.number();
  }

  /** This table with a new or changed session. */
  public SessionTable with(Session session) {
    Session before = byId.get(session.id());
    long count = answerCount + session.cachedReplies().size();
    long bytes = answerBytes + session.answerBytes();
    if (before != null) {
      count -= before.cachedReplies().size();
      bytes -= before.answerBytes();
    }
    StateCheck.that(count >= 0 && bytes >= 0, "answers are counted once", count, bytes);
    TreePMap<Long, Session> sessions = byId.plus(session.id(), session);
    if (session.isOwn()) {
      StateCheck.that(
          before != null || !own.containsKey(place(session.node(), session.kind())),
          "a sidecar has one session of a kind");
      TreePMap<Long, Long> places =
          before == null ? own.plus(place(session.node(), session.kind()), session.id()) : own;
      return new SessionTable(sessions, byUse, places, count, bytes);
    }
    TreePSet<EvictionKey> uses =
        before == null || before.usedIndex() == session.usedIndex()
            ? byUse
            : byUse.minus(EvictionKey.of(before));
    return new SessionTable(sessions, uses.plus(EvictionKey.of(session)), own, count, bytes);
  }

  public SessionTable without(Session session) {
    StateCheck.that(byId.containsKey(session.id()), "a session ends once");
    StateCheck.that(
        byUse.size() + own.size() == byId.size(),
        "every session is a caller's or a sidecar's own",
        byUse.size() + (long) own.size(),
        byId.size());
    return new SessionTable(
        byId.minus(session.id()),
        session.isOwn() ? byUse : byUse.minus(EvictionKey.of(session)),
        session.isOwn() ? own.minus(place(session.node(), session.kind())) : own,
        answerCount - session.cachedReplies().size(),
        answerBytes - session.answerBytes());
  }

  /**
   * Whether this session must acknowledge answers first: its own are too many, or all are too many
   * and it has a large share. So no session is refused because of what another leaves
   * unacknowledged.
   */
  public boolean isLaden(Session session, Limits.Answers most) {
    if (session.answerBytes() > most.sessionBytesMax()) {
      return true;
    }
    boolean crowded = answerBytes > most.bytesMax() || answerCount > most.countMax();
    return crowded && !session.isOwn() && isLadenAmongOthers(session, most);
  }

  private boolean isLadenAmongOthers(Session session, Limits.Answers most) {
    return (callerAnswerBytes() > most.bytesMax()
            && session.answerBytes() > most.sessionBytesMax() / SESSION_PARTS_FREE)
        || (callerAnswerCount() > most.countMax()
            && session.cachedReplies().size() > most.countMax() / ANSWERS_PARTS_FREE);
  }

  /** How many answers the sessions of callers remember; that number is bounded. */
  long callerAnswerCount() {
    long count = answerCount;
    for (long id : own.values()) {
      Session one = byId.get(id);
      count -= one == null ? 0 : one.cachedReplies().size();
    }
    return count;
  }

  /** The size of those answers. */
  long callerAnswerBytes() {
    long bytes = answerBytes;
    for (long id : own.values()) {
      Session one = byId.get(id);
      bytes -= one == null ? 0 : one.answerBytes();
    }
    return bytes;
  }

  /** Whether the limit prevents another session of a caller, since none can be evicted. */
  public boolean isFull(Limits limits) {
    return byUse.size() >= limits.sessionsMax() && byUse.first().kept();
  }

  /** The session to be evicted next because there are too many; null if there are not. */
  @Nullable
  public Session excess(long current, Limits limits) {
    if (byUse.size() <= limits.sessionsMax()) {
      return null;
    }
    EvictionKey oldest = byUse.first();
    if (oldest.session() == current) {
      oldest = byUse.minus(oldest).first();
    }
    return oldest.kept() ? null : byId.get(oldest.session());
  }
}

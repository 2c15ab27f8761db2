package io.synod.state;

import io.synod.state.command.SessionKind;
import io.synod.state.encoding.KeyOrder;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The replicated state after one command: an immutable value that shares its structure with earlier
 * and later ones, so that keeping one costs a pointer. Any thread may read it.
 */
public final class State {
  /** The state before the first command, with the default limits. */
  public static final State EMPTY = empty(Limits.defaults());

  private static final long ANSWER_BYTES = 64;
  private static final long SESSION_BYTES = 128;

  private final Limits limits;
  private final Mark mark;
  private final Keys keys;
  private final SessionTable sessions;
  private final Rest rest;

  /**
   * The position in the log of a state.
   *
   * @param slot the last applied slot, or the one that is being applied
   * @param index the last applied command
   * @param logTimeMillis in milliseconds since the epoch; it never decreases
   * @param digest of everything applied and its effects; equal on all nodes at the end of a slot
   */
  public record Mark(long slot, long index, long logTimeMillis, long digest) {}

  /**
   * The smaller parts of a state.
   *
   * @param commanded the last opaque command that took effect; 0 if none did
   * @param level the cluster's {@link Level}
   * @param memberships the memberships that were chosen since the cluster formed, as the node
   *     encodes them; empty if there is none
   */
  public record Rest(
      Locks locks,
      Consumers consumers,
      RequestMemory requestMemory,
      long commanded,
      int level,
      Payload memberships) {

    Rest withMemberships(Payload chosen, Set<Integer> lost) {
      return new Rest(
          locks, consumers.withoutHolders(lost), requestMemory, commanded, level, chosen);
    }
  }

  /**
   * Remembered answers that belong to no session.
   *
   * @param requests the answers to request ids
   * @param openings the answers to commands that open a session
   * @param refusedIndex the last command that was refused a session because of a limit; 0 if none
   */
  public record RequestMemory(Requests requests, Requests openings, long refusedIndex) {
    static final RequestMemory EMPTY = new RequestMemory(Requests.EMPTY, Requests.EMPTY, 0);
  }

  public State(Limits limits, Mark mark, Keys keys, SessionTable sessions, Rest rest) {
    this.limits = limits;
    this.mark = mark;
    this.keys = keys;
    this.sessions = sessions;
    this.rest = rest;
  }

  public State at(Mark now) {
    return new State(limits, now, keys, sessions, rest);
  }

  /** The state before the first command, with these limits. */
  public static State empty(Limits limits) {
    return new State(
        limits,
        new Mark(0, 0, 0, 0),
        Keys.EMPTY,
        SessionTable.EMPTY,
        new Rest(Locks.EMPTY, Consumers.EMPTY, RequestMemory.EMPTY, 0, Level.FIRST, Payload.EMPTY));
  }

  /** The limits of this state. */
  public Limits limits() {
    return limits;
  }

  /** The position in the log of this state. */
  public Mark mark() {
    return mark;
  }

  /** The index of the last command. */
  public long index() {
    return mark.index();
  }

  /**
   * The index of the last opaque command that took effect, which is the last entry for consumers of
   * the log; 0 if there is none.
   */
  public long commandedIndex() {
    return rest.commanded();
  }

  /** The cluster's {@link Level}. */
  public int level() {
    return rest.level();
  }

  /** The memberships that were chosen since the cluster formed, encoded; empty if none was. */
  public Payload memberships() {
    return rest.memberships();
  }

  /**
   * This state with these memberships.
   *
   * @param lost nodes whose disks are lost, with every snapshot of a consumer
   */
  public State withMemberships(Payload chosen, Set<Integer> lost) {
    return new State(limits, mark, keys, sessions, rest.withMemberships(chosen, lost));
  }

  /** The slot of the last command. */
  public long slot() {
    return mark.slot();
  }

  /** The pair with this key; null if there is none. */
  public @Nullable KeyValue get(String key) {
    return keys.get(key);
  }

  /**
   * Visits pairs in the order of their keys.
   *
   * @param prefix only pairs whose keys have this prefix; "" for all
   * @param after only pairs after this key; "" for all
   * @param visitor receives one pair after another until it returns false
   */
  public void visit(String prefix, String after, Visitor visitor) {
    boolean resumed = KeyOrder.INSTANCE.compare(after, prefix) >= 0 && !after.isEmpty();
    for (KeyValue pair : keys.from(resumed ? after : prefix)) {
      if (!pair.key().startsWith(prefix)) {
        return;
      }
      boolean seen = resumed && pair.key().equals(after);
      if (!seen && !visitor.visit(pair)) {
        return;
      }
    }
  }

  /** Receives pairs. */
  @FunctionalInterface
  public interface Visitor {
    /** Returns whether to continue. */
    boolean visit(KeyValue pair);
  }

  /** How many pairs there are. */
  public int keyCount() {
    return keys.map().size();
  }

  /**
   * The first log time at which a pair expires, in milliseconds; {@code Long.MAX_VALUE} if none.
   */
  public long nextExpiryMillis() {
    return keys.expiries().isEmpty() ? Long.MAX_VALUE : keys.expiries().first().millis();
  }

  /**
   * The size of the state as limits count it: keys, values, remembered answers and the values of
   * locks. It is not the heap that they need.
   */
  public long bytes() {
    return keys.bytes()
        + sessions.count() * SESSION_BYTES
        + sessions.answerCount() * ANSWER_BYTES
        + sessions.answerBytes()
        + rest.locks().bytes()
        + bytes(rest.requestMemory().requests())
        + bytes(rest.requestMemory().openings());
  }

  private static long bytes(Requests requests) {
    return requests.byId().size() * ANSWER_BYTES + requests.bytes();
  }

  /** The open session with this id; null if there is none. */
  public @Nullable Session session(long id) {
    return sessions.get(id);
  }

  /**
   * The use of one limit.
   *
   * @param limit its name, in the plural of what it bounds
   */
  public record LimitUse(String limit, long used, long max) {
    /** Whether 90 % of it are used, so that an operator should look. */
    public boolean isHigh() {
      return used >= max - max / 10;
    }
  }

  /** The use of each limit; sidecars' own sessions are not limited. */
  public List<LimitUse> uses() {
    Limits.Answers answers = limits.answers();
    return List.of(
        new LimitUse("sessions", sessions.callerCount(), limits.sessionsMax()),
        new LimitUse("consumers", rest.consumers().byName().size(), limits.consumersMax()),
        new LimitUse("answers", sessions.callerAnswerCount(), answers.countMax()),
        new LimitUse("answer_bytes", sessions.callerAnswerBytes(), answers.bytesMax()),
        new LimitUse(
            "openings", rest.requestMemory().openings().held(), limits.openings().bytesMax()));
  }

  /** How many sessions are open, the sidecars' own included. */
  public int sessionCount() {
    return sessions.count();
  }

  /** How many sessions of callers are open; {@link Limits#sessionsMax} bounds these. */
  public int callerSessionCount() {
    return sessions.callerCount();
  }

  /** Whether this is the own session of this kind of sidecar {@code node}. */
  public boolean isOwn(int node, SessionKind kind, long session) {
    Session own = sessions.own(node, kind);
    return own != null && own.id() == session;
  }

  /** Open sessions with ids above {@code after}, oldest first. */
  public List<Session> sessions(long after, int max) {
    List<Session> found = new ArrayList<>();
    for (Session session : sessions.byId().tailMap(after, false).values()) {
      if (found.size() >= max) {
        break;
      }
      found.add(session);
    }
    return found;
  }

  /** The lock with this name; null if it is free. */
  public @Nullable Lock lock(String name) {
    return rest.locks().get(name);
  }

  /** How many locks are held. */
  public int lockCount() {
    return rest.locks().byName().size();
  }

  /** The consumer with this name; null if there is none. */
  public @Nullable Consumer consumer(String name) {
    return rest.consumers().get(name);
  }

  /** All consumers, by name. */
  public Collection<Consumer> consumers() {
    return rest.consumers().byName().values();
  }

  /**
   * The first index of the log that some consumer may still need; {@code Long.MAX_VALUE} if none.
   *
   * @param lapseMillis the log is not kept for a copy that was silent for this much log time
   */
  public long neededFrom(long lapseMillis) {
    long from = Long.MAX_VALUE;
    for (Consumer consumer : consumers()) {
      from = Math.min(from, consumer.needsFrom(mark.logTimeMillis() - lapseMillis));
    }
    return from;
  }

  public Keys keys() {
    return keys;
  }

  public SessionTable table() {
    return sessions;
  }

  public Rest rest() {
    return rest;
  }

  TreePMap<String, Lock> locks() {
    return rest.locks().byName();
  }
}

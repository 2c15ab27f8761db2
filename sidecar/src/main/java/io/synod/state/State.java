package io.synod.state;

import io.synod.state.command.SessionKind;
import io.synod.state.encoding.KeyOrder;
import io.synod.state.result.KeyValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The replicated state after one command: a value that never changes and shares its structure with
 * those before and after it, so that keeping one costs a pointer. Any thread may read it.
 */
public final class State {
  /** Before the first command. */
  public static final State EMPTY = empty(Limits.defaults());

  private static final long ANSWER_BYTES = 64;
  private static final long SESSION_BYTES = 128;

  private final Limits limits;
  private final Mark mark;
  private final Keys keys;
  private final SessionTable sessions;
  private final Rest rest;

  /**
   * Where in the log a state is.
   *
   * @param slot the last applied slot, or the one that is being applied
   * @param index the last applied command
   * @param logTimeMillis in milliseconds since the epoch; never runs back
   * @param digest of everything applied and what it did; equal on all nodes at one slot's end
   */
  public record Mark(long slot, long index, long logTimeMillis, long digest) {}

  /**
   * The smaller parts.
   *
   * @param commanded the last opaque command that took effect; 0 if none did
   */
  public record Rest(
      Locks locks, Consumers consumers, RequestMemory requestMemory, long commanded) {}

  /**
   * What is remembered of requests beside what sessions remember.
   *
   * @param requests the answers to request ids
   * @param openings the answers to commands that open a session
   * @param refusedIndex the last command that was refused a session for want of room; 0 if none
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

  /** Before the first command, with these limits. */
  public static State empty(Limits limits) {
    return new State(
        limits,
        new Mark(0, 0, 0, 0),
        Keys.EMPTY,
        SessionTable.EMPTY,
        new Rest(Locks.EMPTY, Consumers.EMPTY, RequestMemory.EMPTY, 0));
  }

  /** What bounds it. */
  public Limits limits() {
    return limits;
  }

  /** Where in the log this is. */
  public Mark mark() {
    return mark;
  }

  /** The index of the last command. */
  public long index() {
    return mark.index();
  }

  /**
   * The index of the last opaque command that took effect, which is the last entry that those see
   * who follow the log for their own state machine; 0 if there is none.
   */
  public long commandedIndex() {
    return rest.commanded();
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
   * Pairs in the order of their keys.
   *
   * @param prefix of their keys; "" for all
   * @param after only pairs behind this key; "" for all
   * @param visitor is given one after another until it returns false
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

  /** Takes pairs. */
  @FunctionalInterface
  public interface Visitor {
    /** Whether to go on. */
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
   * What the state counts for: keys, values, remembered answers and what locks proclaim; not what
   * the heap needs.
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
   * How much of a limit is used.
   *
   * @param limit its name, in the plural of what it bounds
   */
  public record LimitUse(String limit, long used, long max) {
    /** Whether so much is used that somebody should look before all is. */
    public boolean isHigh() {
      return used >= max - max / 10;
    }
  }

  /** How much of its limits the state uses; what sidecars' own sessions use is not limited. */
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

  /** How many sessions are open, the sidecars' own too. */
  public int sessionCount() {
    return sessions.count();
  }

  /** How many sessions of callers are open, which are what {@link Limits#sessionsMax} bounds. */
  public int callerSessionCount() {
    return sessions.callerCount();
  }

  /** Whether the sidecar {@code node} has an own session of this kind, and it is this one. */
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

  /** The lock with this name; null if nobody holds it. */
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
   * @param lapseMillis a copy that was silent for so much log time is not waited for
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

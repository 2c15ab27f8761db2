package io.synod.state.apply;

import io.synod.state.CachedReply;
import io.synod.state.Consumer;
import io.synod.state.Consumers;
import io.synod.state.Keys;
import io.synod.state.Limits;
import io.synod.state.Lock;
import io.synod.state.Locks;
import io.synod.state.Requests;
import io.synod.state.Session;
import io.synod.state.SessionTable;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SessionKind;
import io.synod.state.encoding.Digest;
import io.synod.state.encoding.StateCheck;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

/**
 * The state while one command is applied: the parts that it changes, and a record of the changes.
 */
final class Execution {
  private static final int OPENED = 1;
  private static final int RENEWED = 2;
  private static final int ACKNOWLEDGED = 3;
  private static final int ANSWERED = 4;
  private static final int REQUESTED = 5;
  private static final int ENDED = 6;
  private static final int LOCKED = 7;
  private static final int CONSUMED = 8;
  private static final int KEPT = 9;
  private static final int REFUSED = 10;
  private static final int LEVEL_RAISED = 11;

  private final State before;
  private final State.Mark mark;
  private final List<Change> changes = new ArrayList<>(0);
  private final List<Long> ended = new ArrayList<>(0);
  private Keys keys;
  private SessionTable sessions;
  private Locks locks;
  private Consumers consumers;
  private State.RequestMemory requestMemory;
  private long commanded;
  private int level;
  // A digest of changes to anything but pairs; changes of pairs are in the effects.
  private long changed;

  /**
   * Begins with {@code state}.
   *
   * @param mark the position of the command; its digest is ignored
   */
  Execution(State state, State.Mark mark) {
    this.mark = mark;
    this.keys = state.keys();
    this.sessions = state.table();
    this.locks = state.rest().locks();
    this.consumers = state.rest().consumers();
    this.before = state;
    State.RequestMemory memory = state.rest().requestMemory();
    long millis = mark.logTimeMillis();
    this.requestMemory =
        new State.RequestMemory(
            memory
                .requests()
                .after(mark.index(), millis, before.limits().requests())
                .fitting(before.limits().requests()),
            memory.openings().after(mark.index(), millis, before.limits().openings()),
            memory.refusedIndex());
    this.commanded = state.rest().commanded();
    this.level = state.level();
  }

  /** The resulting state, at this mark. */
  State state(State.Mark now) {
    return new State(
        before.limits(),
        now,
        keys,
        sessions,
        new State.Rest(locks, consumers, requestMemory, commanded, level, before.memberships()));
  }

  /** The digest extended by the changes to anything but pairs. */
  long digest(long before) {
    return Digest.with(before, changed);
  }

  private void changed(int kind, long which, long how) {
    changed = Digest.with(Digest.with(Digest.with(changed, kind), which), how);
  }

  long index() {
    return mark.index();
  }

  long timeMillis() {
    return mark.logTimeMillis();
  }

  List<Change> changes() {
    return changes;
  }

  /** The sessions that ended. */
  List<Long> ended() {
    return ended;
  }

  Keys keys() {
    return keys;
  }

  Locks locks() {
    return locks;
  }

  Consumers consumers() {
    return consumers;
  }

  @Nullable Session session(long id) {
    return sessions.get(id);
  }

  @Nullable CachedReply request(String id) {
    return requestMemory.requests().get(id);
  }

  /** The answers to commands that open a session. */
  Requests openings() {
    return requestMemory.openings();
  }

  /** The limits of the state. */
  Limits limits() {
    return before.limits();
  }

  /** The own session of this kind on a node; null if there is none. */
  @Nullable Session own(int node, SessionKind kind) {
    return sessions.own(node, kind);
  }

  // ---- pairs

  /**
   * Writes a pair; its previous owner session owns it no longer.
   *
   * @param before the current pair of its key
   */
  KeyValue put(Op.Put put, @Nullable KeyValue before) {
    KeyValue pair =
        new KeyValue(
            put.key(),
            put.value(),
            before == null ? mark.index() : before.createIndex(),
            mark.index(),
            before == null ? 1 : before.version() + 1,
            put.session(),
            expiry(put.ttlMillis()));
    if (before == null || before.session() != put.session()) {
      disown(before);
      own(pair);
    }
    keys = keys.with(pair, before);
    changes.add(new Change(Change.Type.PUT, pair, before == null ? 0 : before.modIndex()));
    return pair;
  }

  private long expiry(long ttlMillis) {
    long left = Long.MAX_VALUE - Math.max(0, mark.logTimeMillis());
    return ttlMillis == 0 ? 0 : mark.logTimeMillis() + Math.min(ttlMillis, left);
  }

  void remove(KeyValue pair, Change.Type type) {
    disown(pair);
    keys = keys.without(pair);
    changes.add(Change.removed(type, pair, mark.index()));
  }

  private void own(KeyValue pair) {
    Session owner = sessions.get(pair.session());
    if (owner != null) {
      sessions = sessions.with(owner.owning(owner.keys().plus(pair.key())));
    }
  }

  private void disown(@Nullable KeyValue pair) {
    Session owner = pair == null ? null : sessions.get(pair.session());
    if (pair != null && owner != null) {
      sessions = sessions.with(owner.owning(owner.keys().minus(pair.key())));
    }
  }

  // ---- sessions

  /** Whether the limit prevents another session, since none can be evicted. */
  boolean isFull() {
    return sessions.isFull(before.limits());
  }

  /**
   * Whether a command with this birth must not open a session although the limit permits it: a
   * command made at or after that was refused because of the limit, and this may be a copy of it.
   */
  boolean mayBeRefused(long createdAtIndex) {
    return createdAtIndex < requestMemory.refusedIndex();
  }

  /** Raises the cluster's level by one, unless it has this one; false if it would skip levels. */
  boolean raiseLevel(int to) {
    if (to == level + 1) {
      level = to;
      changed(LEVEL_RAISED, to, 0);
    }
    return to <= level;
  }

  /** This command is refused a session, and so is every command that was made before now. */
  void refuse() {
    changed(REFUSED, mark.index(), 0);
    requestMemory =
        new State.RequestMemory(requestMemory.requests(), requestMemory.openings(), mark.index());
  }

  void open(Session session) {
    StateCheck.that(
        session.id() == mark.index(),
        "a session's id is the index of the command that opens it",
        session.id(),
        mark.index());
    changed(OPENED, session.id(), session.ttlMillis());
    sessions = sessions.with(session);
    evict(session.id());
  }

  void renew(Session session) {
    changed(RENEWED, session.id(), session.renewIndex());
    sessions = sessions.with(session.renewed(mark.index()));
  }

  /** Forgets the answers below this sequence; returns whether too many remain. */
  boolean acknowledge(Session session, long below) {
    Session left = session.acknowledged(below);
    changed(ACKNOWLEDGED, left.ackedBelow(), left.answerCount());
    sessions = sessions.with(left);
    return sessions.isLaden(left, before.limits().answers());
  }

  /** The answer to remember for this entry. */
  CachedReply answerTo(Entry entry, Result result) {
    return new CachedReply(
        mark.index(),
        mark.slot(),
        mark.logTimeMillis(),
        entry.attempt(),
        CachedReply.digest(entry),
        result);
  }

  void answer(long session, long sequence, CachedReply cachedReply) {
    Session now = sessions.get(session);
    if (now != null) {
      changed(ANSWERED, sequence, cachedReply.index());
      sessions = sessions.with(now.answering(sequence, cachedReply, mark.index()));
    }
  }

  void answer(String requestId, CachedReply cachedReply) {
    changed(REQUESTED, requestId.length(), cachedReply.index());
    requestMemory =
        new State.RequestMemory(
            requestMemory.requests().with(requestId, cachedReply),
            requestMemory.openings(),
            requestMemory.refusedIndex());
  }

  /** Remembers the answer to a command that opens a session. */
  void opened(String name, CachedReply cachedReply) {
    changed(REQUESTED, name.length(), cachedReply.index());
    requestMemory =
        new State.RequestMemory(
            requestMemory.requests(),
            requestMemory.openings().with(name, cachedReply),
            requestMemory.refusedIndex());
  }

  /** Ends a session: its pairs are removed, and its lock is granted to the next contender. */
  void end(Session session) {
    changed(ENDED, session.id(), session.keyCount());
    sessions = sessions.without(session);
    ended.add(session.id());
    TreePSet<String> owned = session.keys();
    for (String key : owned) {
      KeyValue pair = keys.get(key);
      if (pair != null) {
        remove(pair, Change.Type.DELETE);
      }
    }
    if (!session.lock().isEmpty()) {
      locks = locks.leave(session.lock(), session.id(), mark.index(), mark.logTimeMillis());
      changedLock(session.lock());
    }
  }

  private void evict(long current) {
    for (Session next = sessions.excess(current, before.limits()); next != null; ) {
      end(next);
      next = sessions.excess(current, before.limits());
    }
  }

  // ---- other commands

  /** An opaque command took effect. */
  void command() {
    commanded = mark.index();
  }

  void join(String lock, Lock.Contender contender) {
    locks = locks.join(lock, contender, mark.index(), mark.logTimeMillis());
    changedLock(lock);
  }

  private void changedLock(String name) {
    Lock lock = locks.get(name);
    changed(LOCKED, lock == null ? 0 : lock.token(), lock == null ? 0 : lock.queue().size());
  }

  void consumer(Consumer consumer) {
    changed(CONSUMED, consumer.copies().size(), consumer.differsAt());
    Consumer.Snapshot safe = consumer.safeSnapshot();
    changed(KEPT, consumer.snapshots().size(), safe == null ? 0 : safe.index());
    consumers = consumers.with(consumer);
  }

  void drop(String consumer) {
    consumers = consumers.without(consumer);
  }
}

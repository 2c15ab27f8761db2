package io.synod.state;

import io.synod.state.command.Entry;
import io.synod.state.command.SessionKind;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reference model of the replicated state, as simple as possible: mutable maps, whole payloads
 * instead of digests, searches instead of indexes. It shares the types of commands and answers with
 * the state, and no logic.
 */
public final class Model implements ModelPairs.Context {
  final ModelPairs pairs;
  final ModelLocks locks = new ModelLocks();
  final ModelSessions sessions;
  final ModelConsumers consumers;
  private final ModelRequests requests;
  private final ModelRequests openings;
  private final Limits limits;
  private long refusedIndex;
  int level = Level.FIRST;
  private long slot;
  private long index;
  private long millis;

  /**
   * The effect of a command.
   *
   * @param result the result
   * @param changes the changes of pairs, in order
   */
  public record Did(Result result, List<Change> changes) {}

  /** Creates an empty model with the default limits. */
  public Model() {
    this(Limits.defaults());
  }

  /** Creates an empty model with these limits. */
  public Model(Limits limits) {
    this.limits = limits;
    this.pairs = new ModelPairs(limits.expiriesMax());
    this.sessions = new ModelSessions(limits);
    this.consumers = new ModelConsumers(limits.consumersMax());
    this.requests = new ModelRequests(limits.requests());
    this.openings = new ModelRequests(limits.openings());
  }

  /** Applies the next slot. */
  public List<Did> apply(long next, long slotMillis, List<byte[]> commands) {
    slot = next;
    millis = Math.max(millis, slotMillis);
    List<Did> done = new ArrayList<>();
    for (byte[] command : commands) {
      index++;
      requests.begin(index, millis);
      requests.fit();
      openings.begin(index, millis);
      pairs.begin(index, millis);
      Entry entry = Entry.decode(command);
      Result result = entry == null ? new Result.Malformed() : run(entry);
      done.add(new Did(result, pairs.changes()));
    }
    return done;
  }

  /** The index of the last command. */
  public long index() {
    return index;
  }

  long slot() {
    return slot;
  }

  long millis() {
    return millis;
  }

  /** The pair with this key; null if there is none. */
  public @Nullable KeyValue get(String key) {
    return pairs.get(key);
  }

  /** All pairs under a prefix, in order. */
  public List<KeyValue> under(String prefix) {
    return pairs.under(prefix);
  }

  @Override
  public boolean isOpen(long session) {
    return sessions.get(session) != null;
  }

  @Override
  public long tokenOf(String lock) {
    ModelLocks.ModelLock held = locks.get(lock);
    return held == null ? 0 : held.token;
  }

  /** The session that holds the lock; 0 if it is free. */
  public long holderOf(String lock) {
    ModelLocks.ModelLock held = locks.get(lock);
    return held == null ? 0 : held.queue.get(0).session();
  }

  long requestCount() {
    return (long) requests.count() + openings.count();
  }

  long requestBytes() {
    return requests.bytes() + openings.bytes();
  }

  private Result run(Entry entry) {
    boolean free = entry.session() == 0;
    return switch (entry.kind()) {
      case OPEN_SESSION, HOLD, OPEN_OWN_SESSION -> once(entry);
      case CLOSE_SESSION -> {
        ModelSessions.ModelSession modelSession = sessions.get(entry.session());
        if (modelSession == null || modelSession.kind != SessionKind.CALLER) {
          yield new Result.SessionUnknown(entry.session());
        }
        end(modelSession);
        yield new Result.Effect(Reply.none());
      }
      case RENEW_SESSIONS -> free ? renew(entry) : inSession(entry);
      case EXPIRE_SESSIONS -> free ? expire(entry) : inSession(entry);
      case EXPIRE_KEYS -> {
        if (free) {
          pairs.expire();
        }
        yield free ? new Result.Effect(Reply.none()) : inSession(entry);
      }
      case RELEASE -> free ? once(entry) : inSession(entry);
      case RAISE_LEVEL ->
          free ? raise(SystemCommands.RaiseLevel.decode(entry.payload())) : inSession(entry);
      default -> inSession(entry);
    };
  }

  private Result raise(SystemCommands.@Nullable RaiseLevel order) {
    if (order == null || order.level() > level + 1) {
      return new Result.Malformed();
    }
    level = Math.max(level, order.level());
    return new Result.Effect(Reply.none());
  }

  private Result once(Entry entry) {
    String name = entry.node() + "/" + entry.sequence();
    ModelRequests.RememberedRequest before = openings.get(name);
    if (before != null) {
      Result again = before.again(entry);
      return again == null ? new Result.RequestIdReused() : again;
    }
    if (openings.isTooLate(entry.ackedBelow())) {
      return new Result.TooLate();
    }
    Result result =
        switch (entry.kind()) {
          case HOLD -> hold(entry, SystemCommands.Hold.decode(entry.payload()));
          case OPEN_SESSION -> open(entry, SystemCommands.Open.decode(entry.payload()));
          case RELEASE -> release(entry, entry.ackedBelow());
          default -> openOwn(entry, SystemCommands.OpenOwn.decode(entry.payload()));
        };
    if (result instanceof Result.Effect && !openings.isFull()) {
      openings.remember(
          name, new ModelRequests.RememberedRequest(index, slot, millis, entry, result));
    }
    return result;
  }

  private Result open(Entry entry, SystemCommands.@Nullable Open order) {
    if (order == null) {
      return new Result.Malformed();
    }
    Result refused = refused(entry);
    if (refused != null) {
      return refused;
    }
    sessions.open(index, entry, order.ttlMillis(), "");
    evict(index);
    return new Result.Effect(Reply.none());
  }

  private Result openOwn(Entry entry, SystemCommands.@Nullable OpenOwn order) {
    if (order == null) {
      return new Result.Malformed();
    }
    ModelSessions.ModelSession last = sessions.own(entry.node(), order.kind());
    if (last != null && entry.ackedBelow() < last.id) {
      return new Result.TooLate();
    }
    if (last != null) {
      end(last);
    }
    sessions.open(index, entry, 0, "").kind = order.kind();
    return new Result.Effect(Reply.none());
  }

  private Result hold(Entry entry, SystemCommands.@Nullable Hold order) {
    if (order == null || order.lock().isEmpty()) {
      return new Result.Malformed();
    }
    if (order.once() && locks.get(order.lock()) != null && !openings.isFull()) {
      return new Result.Effect(new Reply.Queued(false));
    }
    Result refused = refused(entry);
    if (refused != null) {
      return refused;
    }
    sessions.open(index, entry, order.ttlMillis(), order.lock());
    evict(index);
    Lock.Contender contender = new Lock.Contender(index, entry.node(), order.value());
    locks.join(order.lock(), contender, index, millis);
    return new Result.Effect(new Reply.Queued(true));
  }

  /** The refusal of a new session; null if it may be opened. */
  private @Nullable Result refused(Entry entry) {
    Result full = new Result.TooManySessions(limits.sessionsMax());
    if (sessions.isFull() || openings.isFull()) {
      refusedIndex = index;
      return sessions.isFull() ? full : new Result.TooManyOpenings(limits.openings().bytesMax());
    }
    return entry.ackedBelow() < refusedIndex ? new Result.TooLate() : null;
  }

  private void end(ModelSessions.ModelSession modelSession) {
    sessions.remove(modelSession);
    pairs.endOf(modelSession.id);
    locks.leave(modelSession.lock, modelSession.id, index, millis);
  }

  private void evict(long current) {
    for (var last = sessions.tooMuch(current); last != null; last = sessions.tooMuch(current)) {
      end(last);
    }
  }

  private Result inSession(Entry entry) {
    ModelSessions.ModelSession modelSession = sessions.get(entry.session());
    if (modelSession == null) {
      return new Result.SessionUnknown(entry.session());
    }
    Result refused = modelSession.refusal(entry);
    if (refused != null) {
      return refused;
    }
    if (sessions.acknowledge(modelSession, entry)) {
      Result full = new Result.AnswersFull(limits.answers().sessionBytesMax());
      sessions.answer(
          modelSession,
          entry,
          new ModelRequests.RememberedRequest(index, slot, millis, entry, full),
          index);
      return full;
    }
    ModelRequests.RememberedRequest before =
        entry.requestId().isEmpty() ? null : requests.get(entry.requestId());
    if (before != null) {
      Result again = before.again(entry);
      Result reused = new Result.RequestIdReused();
      ModelRequests.RememberedRequest told =
          again == null
              ? new ModelRequests.RememberedRequest(index, slot, millis, entry, reused)
              : before;
      sessions.answer(modelSession, entry, told, index);
      return again == null ? reused : again;
    }
    ModelRequests.RememberedRequest remembered =
        new ModelRequests.RememberedRequest(index, slot, millis, entry, done(entry));
    if (sessions.get(modelSession.id) == modelSession) {
      sessions.answer(modelSession, entry, remembered, index);
    }
    if (!entry.requestId().isEmpty()) {
      requests.remember(entry.requestId(), remembered);
    }
    return remembered.result();
  }

  private Result done(Entry entry) {
    return switch (entry.kind()) {
      case KV -> kv(entry);
      case RENEW_SESSIONS, EXPIRE_SESSIONS, EXPIRE_KEYS, RAISE_LEVEL -> new Result.Malformed();
      case RELEASE -> release(entry, Long.MAX_VALUE);
      case ACKNOWLEDGE, STORE, DROP_CONSUMER -> consumers.run(entry, index, millis);
      default -> new Result.Effect(Reply.none());
    };
  }

  private Result kv(Entry entry) {
    Txn txn = Txn.decode(entry.payload());
    return txn == null ? new Result.Malformed() : pairs.run(txn, this);
  }

  private Result renew(Entry entry) {
    SystemCommands.Renew order = SystemCommands.Renew.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    if (openings.isTooLate(entry.ackedBelow())) {
      return new Result.TooLate();
    }
    order.sessions().forEach(id -> sessions.renew(id, index));
    return new Result.Effect(Reply.none());
  }

  private Result expire(Entry entry) {
    SystemCommands.Expire order = SystemCommands.Expire.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    for (SystemCommands.Expire.Judged judged : order.sessions()) {
      ModelSessions.ModelSession modelSession = sessions.get(judged.session());
      if (modelSession != null && modelSession.renewed == judged.renewIndex()) {
        end(modelSession);
      }
    }
    return new Result.Effect(Reply.none());
  }

  private Result release(Entry entry, long through) {
    SystemCommands.Release order = SystemCommands.Release.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    long token = tokenOf(order.lock());
    boolean released = order.force() ? token <= through : token != 0 && token == order.token();
    if (!released) {
      return new Result.NotHeld();
    }
    ModelSessions.ModelSession holder = sessions.get(holderOf(order.lock()));
    if (holder != null) {
      end(holder);
    }
    return new Result.Effect(new Reply.Released(token));
  }
}

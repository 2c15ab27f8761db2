package io.synod.state;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The replicated state told a second time, as simply as it can be: plain maps that are changed in
 * place, whole payloads where the state keeps digests, searches where it keeps indexes. It shares
 * with the state the forms of commands and answers, and nothing that decides.
 */
public final class Model {
  private static final long WINDOW = 100_000;
  private static final long REQUEST_BYTES_MAX = 64L << 20;

  final ModelPairs pairs = new ModelPairs();
  final ModelLocks locks = new ModelLocks();
  final ModelSessions sessions = new ModelSessions();
  final ModelConsumers consumers = new ModelConsumers();
  private final Map<Name, Known> requests = new LinkedHashMap<>();
  private long requestBytes;
  private long slot;
  private long index;
  private long millis;

  /**
   * What a command did.
   *
   * @param result what it answered
   * @param changes of pairs, in order
   */
  public record Did(Result result, List<Change> changes) {}

  /** By what a request is known: its own name, or what its opener drew. */
  private record Name(boolean opening, int node, long nonce, String id) {}

  /** What is remembered of a command: all of it. */
  record Known(long index, long slot, long millis, Entry entry, Result result) {

    /** What the same command is answered another time; null if {@code other} is not the same. */
    @Nullable Result again(Entry other) {
      boolean same =
          entry.kind() == other.kind()
              && entry.contentType().equals(other.contentType())
              && entry.payload().equals(other.payload());
      if (!same) {
        return null;
      }
      return result instanceof Result.Effect effect
          ? new Result.Repetition(index, slot, millis, entry.attempt(), effect.reply())
          : result;
    }

    long bytes() {
      return result instanceof Result.Effect effect ? ModelPairs.bytes(effect.reply()) : 0;
    }
  }

  /** Nothing applied yet. */
  public Model() {}

  /** Applies the next slot. */
  public List<Did> apply(long next, long slotMillis, List<byte[]> commands) {
    slot = next;
    millis = Math.max(millis, slotMillis);
    List<Did> done = new ArrayList<>();
    for (byte[] command : commands) {
      index++;
      forgetRequests();
      pairs.begin(index, millis);
      Entry entry = Entry.decode(command);
      Result result = entry == null ? new Result.Malformed() : run(entry);
      done.add(new Did(result, pairs.changes()));
    }
    return done;
  }

  /** The sessions that a command judges to be silent. */
  public static List<Long> judged(Entry entry) {
    Orders.Expire order =
        entry.kind() == Entry.Kind.EXPIRE_SESSIONS ? Orders.Expire.decode(entry.payload()) : null;
    return order == null
        ? List.of()
        : order.sessions().stream().map(Orders.Expire.Judged::session).toList();
  }

  /** The sessions that a command opens, at its index, or renews. */
  public static List<Long> renewed(Entry entry, long index) {
    return switch (entry.kind()) {
      case OPEN_SESSION, HOLD -> List.of(index);
      case RENEW_SESSIONS -> {
        Orders.Renew order = Orders.Renew.decode(entry.payload());
        yield order == null ? List.of() : order.sessions();
      }
      default -> List.of();
    };
  }

  /** The lock that a command asks for; null if it asks for none. */
  public static @Nullable String wanted(Entry entry) {
    Orders.Hold order =
        entry.kind() == Entry.Kind.HOLD ? Orders.Hold.decode(entry.payload()) : null;
    return order == null ? null : order.lock();
  }

  /** The last command. */
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

  /** Whether this session is open. */
  public boolean isOpen(long session) {
    return sessions.get(session) != null;
  }

  /** The token under which the lock is held; 0 if it is free. */
  public long tokenOf(String lock) {
    ModelLocks.Held held = locks.get(lock);
    return held == null ? 0 : held.token;
  }

  /** The session that holds the lock; 0 if it is free. */
  public long holderOf(String lock) {
    ModelLocks.Held held = locks.get(lock);
    return held == null ? 0 : held.queue.get(0).session();
  }

  long requestCount() {
    return requests.size();
  }

  long requestBytes() {
    return requestBytes;
  }

  private void forgetRequests() {
    while (!requests.isEmpty()) {
      Map.Entry<Name, Known> oldest = requests.entrySet().iterator().next();
      if (oldest.getValue().index() >= index - WINDOW && requestBytes <= REQUEST_BYTES_MAX) {
        return;
      }
      requestBytes -= oldest.getValue().bytes();
      requests.remove(oldest.getKey());
    }
  }

  private void remember(Name name, Known known) {
    requests.put(name, known);
    requestBytes += known.bytes();
  }

  private Result run(Entry entry) {
    return switch (entry.kind()) {
      case OPEN_SESSION, HOLD -> opening(entry);
      case CLOSE_SESSION -> {
        ModelSessions.Sitting sitting = sessions.get(entry.session());
        if (sitting == null) {
          yield new Result.SessionUnknown(entry.session());
        }
        end(sitting);
        yield new Result.Effect(Reply.none());
      }
      default -> inSession(entry);
    };
  }

  private Result opening(Entry entry) {
    Name name = new Name(true, entry.node(), entry.sequence(), "");
    Known before = requests.get(name);
    if (before != null) {
      Result again = before.again(entry);
      return again == null ? new Result.RequestIdReused() : again;
    }
    Result result = open(entry);
    if (result instanceof Result.Effect) {
      remember(name, new Known(index, slot, millis, entry, result));
    }
    return result;
  }

  private Result open(Entry entry) {
    if (entry.kind() == Entry.Kind.OPEN_SESSION) {
      Orders.Open order = Orders.Open.decode(entry.payload());
      if (order == null) {
        return new Result.Malformed();
      }
      if (sessions.isFull()) {
        return new Result.TooManySessions(10_000);
      }
      sessions.open(index, entry, order.ttlMillis(), "");
      evict(index);
      return new Result.Effect(Reply.none());
    }
    Orders.Hold order = Orders.Hold.decode(entry.payload());
    if (order == null || order.lock().isEmpty()) {
      return new Result.Malformed();
    }
    if (order.once() && locks.get(order.lock()) != null) {
      return new Result.Effect(new Reply.Queued(false));
    }
    if (sessions.isFull()) {
      return new Result.TooManySessions(10_000);
    }
    sessions.open(index, entry, order.ttlMillis(), order.lock());
    evict(index);
    Lock.Contender contender = new Lock.Contender(index, entry.node(), order.value());
    locks.join(order.lock(), contender, index, millis);
    return new Result.Effect(new Reply.Queued(true));
  }

  private void end(ModelSessions.Sitting sitting) {
    sessions.remove(sitting);
    pairs.endOf(sitting.id);
    locks.leave(sitting.lock, sitting.id, index, millis);
  }

  private void evict(long current) {
    for (var last = sessions.tooMuch(current); last != null; last = sessions.tooMuch(current)) {
      end(last);
    }
  }

  private Result inSession(Entry entry) {
    ModelSessions.Sitting sitting = sessions.get(entry.session());
    if (sitting == null) {
      return new Result.SessionUnknown(entry.session());
    }
    Result refused = sitting.refusal(entry);
    if (refused != null) {
      return refused;
    }
    if (sessions.acknowledge(sitting, entry)) {
      Result full = new Result.AnswersFull(16L << 20);
      sessions.answer(sitting, entry, new Known(index, slot, millis, entry, full), index);
      return full;
    }
    Name name = new Name(false, 0, 0, entry.requestId());
    Known before = entry.requestId().isEmpty() ? null : requests.get(name);
    if (before != null) {
      Result again = before.again(entry);
      Result reused = new Result.RequestIdReused();
      Known told = again == null ? new Known(index, slot, millis, entry, reused) : before;
      sessions.answer(sitting, entry, told, index);
      return again == null ? reused : again;
    }
    Known known = new Known(index, slot, millis, entry, done(entry));
    if (sessions.get(sitting.id) == sitting) {
      sessions.answer(sitting, entry, known, index);
    }
    if (!entry.requestId().isEmpty()) {
      remember(name, known);
    }
    return known.result();
  }

  private Result done(Entry entry) {
    return switch (entry.kind()) {
      case KV -> kv(entry);
      case RENEW_SESSIONS -> renew(Orders.Renew.decode(entry.payload()));
      case EXPIRE_SESSIONS -> expire(Orders.Expire.decode(entry.payload()));
      case EXPIRE_KEYS -> {
        pairs.expire();
        yield new Result.Effect(Reply.none());
      }
      case RELEASE -> release(Orders.Release.decode(entry.payload()));
      case ACKNOWLEDGE, STORE, DROP_CONSUMER -> consumers.run(entry, index, millis);
      default -> new Result.Effect(Reply.none());
    };
  }

  private Result kv(Entry entry) {
    Txn txn = Txn.decode(entry.payload());
    return txn == null ? new Result.Malformed() : pairs.run(txn, this);
  }

  private Result renew(Orders.@Nullable Renew order) {
    if (order == null) {
      return new Result.Malformed();
    }
    order.sessions().forEach(id -> sessions.renew(id, index));
    return new Result.Effect(Reply.none());
  }

  private Result expire(Orders.@Nullable Expire order) {
    if (order == null) {
      return new Result.Malformed();
    }
    for (Orders.Expire.Judged judged : order.sessions()) {
      ModelSessions.Sitting sitting = sessions.get(judged.session());
      if (sitting != null && sitting.renewed == judged.renewIndex()) {
        end(sitting);
      }
    }
    return new Result.Effect(Reply.none());
  }

  private Result release(Orders.@Nullable Release order) {
    if (order == null) {
      return new Result.Malformed();
    }
    long token = tokenOf(order.lock());
    if (!order.force() && (token == 0 || token != order.token())) {
      return new Result.NotHeld();
    }
    ModelSessions.Sitting holder = sessions.get(holderOf(order.lock()));
    if (holder != null) {
      end(holder);
    }
    return new Result.Effect(new Reply.Released(token));
  }
}

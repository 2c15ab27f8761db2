package io.synod.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one command: admits it, does it, and remembers its answer. */
final class CommandRun {
  /** So many pairs expire by one command at most; the leader proposes another. */
  private static final int EXPIRIES_MAX = 1_000;

  private final Execution on;
  private final State.Mark mark;

  CommandRun(Execution on, State.Mark mark) {
    this.on = on;
    this.mark = mark;
  }

  Result run(Entry entry) {
    return switch (entry.kind()) {
      case OPEN_SESSION, HOLD -> opened(entry);
      case CLOSE_SESSION -> closed(entry);
      default -> admitted(entry);
    };
  }

  // ---- without a session

  /** By the number that its proposer drew, a repetition is known long after the session ended. */
  private Result opened(Entry entry) {
    String request = "\u0001" + entry.node() + ":" + Long.toHexString(entry.sequence());
    Answer known = on.request(request);
    if (known != null) {
      return known.payloadDigest() == digest(entry) ? known.again() : new Result.RequestIdReused();
    }
    Result result = entry.kind() == Entry.Kind.HOLD ? hold(entry) : open(entry);
    if (result.hasEffect()) {
      on.answer(request, answer(entry, result));
    }
    return result;
  }

  private Result open(Entry entry) {
    Orders.Open order = Orders.Open.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    if (on.isFull()) {
      return new Result.TooManySessions(SessionTable.SESSIONS_MAX);
    }
    on.open(Session.open(mark.index(), entry, order.ttlMillis(), ""));
    return new Result.Effect(Reply.none());
  }

  private Result hold(Entry entry) {
    Orders.Hold order = Orders.Hold.decode(entry.payload());
    if (order == null || order.lock().isEmpty()) {
      return new Result.Malformed();
    }
    if (order.once() && on.locks().get(order.lock()) != null) {
      return new Result.Effect(new Reply.Queued(false));
    }
    if (on.isFull()) {
      return new Result.TooManySessions(SessionTable.SESSIONS_MAX);
    }
    on.open(Session.open(mark.index(), entry, order.ttlMillis(), order.lock()));
    on.join(order.lock(), new Lock.Contender(mark.index(), entry.node(), order.value()));
    return new Result.Effect(new Reply.Queued(true));
  }

  private Result closed(Entry entry) {
    Session session = on.session(entry.session());
    if (session == null) {
      return new Result.SessionUnknown(entry.session());
    }
    on.end(session);
    return new Result.Effect(Reply.none());
  }

  // ---- in a session

  private Result admitted(Entry entry) {
    Session session = on.session(entry.session());
    if (session == null) {
      return new Result.SessionUnknown(entry.session());
    }
    Result refusal = refusal(session, entry);
    if (refusal != null) {
      return refusal;
    }
    if (on.acknowledge(session, Math.min(entry.ackedBelow(), entry.sequence()))) {
      Answer full = answer(entry, new Result.AnswersFull(SessionTable.SESSION_BYTES_MAX));
      remember(entry, full);
      return full.result();
    }
    Answer known = entry.requestId().isEmpty() ? null : on.request(entry.requestId());
    if (known != null) {
      // Remembered in the session too: a late copy must find it when the name is forgotten.
      boolean same = known.payloadDigest() == digest(entry);
      Answer answer = same ? known : answer(entry, new Result.RequestIdReused());
      remember(entry, answer);
      return same ? known.again() : answer.result();
    }
    Answer answer = answer(entry, done(entry));
    remember(entry, answer);
    if (!entry.requestId().isEmpty()) {
      on.answer(entry.requestId(), answer);
    }
    return answer.result();
  }

  private void remember(Entry entry, Answer answer) {
    on.answer(entry.session(), entry.sequence(), answer);
  }

  private static @Nullable Result refusal(Session session, Entry entry) {
    long sequence = entry.sequence();
    if (sequence < session.ackedBelow()) {
      return new Result.SequenceForgotten(session.ackedBelow());
    }
    Answer before = session.answer(sequence);
    if (before != null) {
      return before.payloadDigest() == digest(entry) ? before.again() : new Result.SequenceReused();
    }
    long acked = Math.max(session.ackedBelow(), Math.min(entry.ackedBelow(), sequence));
    return sequence - acked >= SessionTable.AHEAD_MAX
        ? new Result.SequenceAhead(SessionTable.AHEAD_MAX)
        : null;
  }

  private Answer answer(Entry entry, Result result) {
    return new Answer(
        mark.index(), mark.slot(), mark.logTimeMillis(), entry.attempt(), digest(entry), result);
  }

  private static long digest(Entry entry) {
    long seed = entry.contentType().hashCode() * 31L + entry.kind().number();
    return Digest.of(seed, entry.payload().bytes());
  }

  private Result done(Entry entry) {
    return switch (entry.kind()) {
      case KV -> kv(entry);
      case RENEW_SESSIONS -> renew(entry);
      case EXPIRE_SESSIONS -> expireSessions(entry);
      case EXPIRE_KEYS -> expireKeys();
      case RELEASE -> release(entry);
      case ACKNOWLEDGE -> acknowledge(entry);
      case STORE -> store(entry);
      case DROP_CONSUMER -> drop(entry);
      default -> {
        on.command();
        yield new Result.Effect(Reply.none());
      }
    };
  }

  private Result kv(Entry entry) {
    Txn txn = Txn.decode(entry.payload());
    return txn == null ? new Result.Malformed() : new TxnRun(on).run(txn);
  }

  private Result renew(Entry entry) {
    Orders.Renew order = Orders.Renew.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    for (long id : order.sessions()) {
      Session session = on.session(id);
      if (session != null) {
        on.renew(session);
      }
    }
    return new Result.Effect(Reply.none());
  }

  private Result expireSessions(Entry entry) {
    Orders.Expire order = Orders.Expire.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    for (Orders.Expire.Judged judged : order.sessions()) {
      Session session = on.session(judged.session());
      if (session != null && session.renewIndex() == judged.renewIndex()) {
        on.end(session);
      }
    }
    return new Result.Effect(Reply.none());
  }

  private Result expireKeys() {
    List<KeyValue> due = new ArrayList<>();
    for (Keys.Expiry expiry : on.keys().expiries()) {
      KeyValue pair = on.keys().get(expiry.key());
      if (expiry.millis() > mark.logTimeMillis() || due.size() >= EXPIRIES_MAX) {
        break;
      }
      if (pair != null) {
        due.add(pair);
      }
    }
    due.forEach(pair -> on.remove(pair, Change.Type.EXPIRE));
    return new Result.Effect(Reply.none());
  }

  private Result release(Entry entry) {
    Orders.Release order = Orders.Release.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    Lock lock = on.locks().get(order.lock());
    if (lock == null) {
      return order.force() ? new Result.Effect(new Reply.Released(0)) : new Result.NotHeld();
    }
    if (!order.force() && lock.token() != order.token()) {
      return new Result.NotHeld();
    }
    Session holder = on.session(lock.holder().session());
    if (holder != null) {
      on.end(holder);
    }
    return new Result.Effect(new Reply.Released(lock.token()));
  }

  private Result acknowledge(Entry entry) {
    Orders.Acknowledge order = Orders.Acknowledge.decode(entry.payload());
    if (order == null || !order.isBefore(mark.index())) {
      return new Result.Malformed();
    }
    if (on.consumers().isFull(order.consumer())) {
      return new Result.TooManyConsumers(Consumers.MAX);
    }
    Consumer consumer =
        on.consumers()
            .orNew(order.consumer())
            .acknowledging(entry.node(), order, mark.logTimeMillis());
    on.consumer(consumer);
    Consumer.Copy copy = consumer.copies().get(entry.node());
    long acked = copy == null ? 0 : copy.ackedIndex();
    return new Result.Effect(new Reply.Acknowledged(acked));
  }

  private Result store(Entry entry) {
    Orders.Store order = Orders.Store.decode(entry.payload());
    if (order == null || order.index() < 0 || order.index() >= mark.index()) {
      return new Result.Malformed();
    }
    if (!order.isFirst() && on.consumers().get(order.consumer()) == null) {
      // It was dropped meanwhile, and is not to come back by this.
      return new Result.ConsumerUnknown();
    }
    if (on.consumers().isFull(order.consumer())) {
      return new Result.TooManyConsumers(Consumers.MAX);
    }
    Consumer consumer =
        on.consumers().orNew(order.consumer()).holding(entry.node(), order, mark.logTimeMillis());
    on.consumer(consumer);
    return new Result.Effect(Reply.none());
  }

  private Result drop(Entry entry) {
    if (on.consumers().get(entry.contentType()) == null) {
      return new Result.ConsumerUnknown();
    }
    on.drop(entry.contentType());
    return new Result.Effect(Reply.none());
  }
}

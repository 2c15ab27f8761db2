package io.synod.state.apply;

import io.synod.state.CachedReply;
import io.synod.state.Consumer;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import org.jspecify.annotations.Nullable;

/** Applies one command: checks it against its session, executes it, and remembers its answer. */
final class CommandRun {
  private final Execution on;
  private final State.Mark mark;

  CommandRun(Execution on, State.Mark mark) {
    this.on = on;
    this.mark = mark;
  }

  Result run(Entry entry) {
    boolean sessionless =
        entry.kind().opensSession()
            || entry.kind() == Entry.Kind.CLOSE_SESSION
            || (entry.session() == 0 && entry.kind().isSessionless());
    return sessionless ? new SessionlessRun(on, mark).run(entry) : admitted(entry);
  }

  // ---- commands of a session

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
      CachedReply full =
          answer(entry, new Result.AnswersFull(on.limits().answers().sessionBytesMax()));
      remember(entry, full);
      return full.result();
    }
    CachedReply known = entry.requestId().isEmpty() ? null : on.request(entry.requestId());
    if (known != null) {
      // It is remembered in the session too: a late copy must find it there after the request id is
      // forgotten.
      boolean same = known.isTo(entry);
      CachedReply cachedReply = same ? known : answer(entry, new Result.RequestIdReused());
      remember(entry, cachedReply);
      return same ? known.again() : cachedReply.result();
    }
    CachedReply cachedReply = answer(entry, done(entry));
    remember(entry, cachedReply);
    if (!entry.requestId().isEmpty()) {
      on.answer(entry.requestId(), cachedReply);
    }
    return cachedReply.result();
  }

  private void remember(Entry entry, CachedReply cachedReply) {
    on.answer(entry.session(), entry.sequence(), cachedReply);
  }

  private @Nullable Result refusal(Session session, Entry entry) {
    long sequence = entry.sequence();
    if (sequence < session.ackedBelow()) {
      return new Result.SequenceForgotten(session.ackedBelow());
    }
    CachedReply before = session.answer(sequence);
    if (before != null) {
      return before.isTo(entry) ? before.again() : new Result.SequenceReused();
    }
    // Sequences that the session acknowledged since are not taken from a late copy: a refused
    // command is refused for good.
    long acked = Math.max(1, Math.min(entry.ackedBelow(), sequence));
    int aheadMax = on.limits().aheadMax();
    return sequence - acked >= aheadMax ? new Result.SequenceAhead(aheadMax) : null;
  }

  private CachedReply answer(Entry entry, Result result) {
    return on.answerTo(entry, result);
  }

  private Result done(Entry entry) {
    return switch (entry.kind()) {
      case KV -> kv(entry);
      // These release or renew something, and are proposed without a session.
      case RENEW_SESSIONS, EXPIRE_SESSIONS, EXPIRE_KEYS, RAISE_LEVEL -> new Result.Malformed();
      case RELEASE -> new SessionlessRun(on, mark).release(entry, Long.MAX_VALUE);
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

  private Result acknowledge(Entry entry) {
    SystemCommands.Acknowledge order = SystemCommands.Acknowledge.decode(entry.payload());
    if (order == null || !order.isBefore(mark.index())) {
      return new Result.Malformed();
    }
    if (on.consumers().isFull(order.consumer(), on.limits().consumersMax())) {
      return new Result.TooManyConsumers(on.limits().consumersMax());
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
    SystemCommands.Store order = SystemCommands.Store.decode(entry.payload());
    if (order == null || order.index() < 0 || order.index() >= mark.index()) {
      return new Result.Malformed();
    }
    if (!order.isFirst() && on.consumers().get(order.consumer()) == null) {
      // The consumer was dropped meanwhile, and this must not create it again.
      return new Result.ConsumerUnknown();
    }
    if (on.consumers().isFull(order.consumer(), on.limits().consumersMax())) {
      return new Result.TooManyConsumers(on.limits().consumersMax());
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

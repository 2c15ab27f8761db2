package io.synod.state.apply;

import io.synod.state.CachedReply;
import io.synod.state.Keys;
import io.synod.state.Limits;
import io.synod.state.Lock;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.SessionKind;
import io.synod.state.command.SystemCommands;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies one command that belongs to no session: one that opens or closes a session, or that
 * releases or renews something. The latter must not depend on a resource that may be exhausted.
 *
 * <p>A command that opens a session is identified by a number that its proposer drew, so a
 * repetition has one effect, even after the session ended. It is remembered for a window of the
 * log: a copy that comes later is refused as too late. A refusal is final. Commands that a limit
 * refused are not remembered one by one; instead, every command made before the last such refusal
 * is refused as well.
 *
 * <p>A forced release is remembered in the same way while the memory limit permits, and takes a
 * lock only from a holder that its proposer may have seen. The other commands may be applied twice:
 * each states the condition under which it takes effect.
 */
final class SessionlessRun {
  private final Execution on;
  private final State.Mark mark;

  SessionlessRun(Execution on, State.Mark mark) {
    this.on = on;
    this.mark = mark;
  }

  Result run(Entry entry) {
    return switch (entry.kind()) {
      case OPEN_SESSION, HOLD, OPEN_OWN_SESSION, RELEASE -> once(entry);
      case CLOSE_SESSION -> closed(entry);
      case RENEW_SESSIONS -> renew(entry);
      case EXPIRE_SESSIONS -> expireSessions(entry);
      case RAISE_LEVEL -> raiseLevel(entry);
      default -> expireKeys();
    };
  }

  private boolean isTooLate(Entry entry) {
    return on.openings().isTooLate(entry.ackedBelow());
  }

  // ---- exactly once

  /** Applies a command that has one effect however many copies are chosen. */
  private Result once(Entry entry) {
    String name = entry.node() + ":" + Long.toHexString(entry.sequence());
    CachedReply known = on.openings().get(name);
    if (known != null) {
      return known.isTo(entry) ? known.again() : new Result.RequestIdReused();
    }
    if (isTooLate(entry)) {
      return new Result.TooLate();
    }
    Result result =
        switch (entry.kind()) {
          case HOLD -> hold(entry);
          case OPEN_SESSION -> open(entry);
          case RELEASE -> release(entry, entry.ackedBelow());
          default -> openOwn(entry);
        };
    if (result.hasEffect() && !on.openings().isFull(on.limits().openings())) {
      on.opened(name, on.answerTo(entry, result));
    }
    return result;
  }

  private Result open(Entry entry) {
    SystemCommands.Open order = SystemCommands.Open.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    Result refusal = refusal(entry);
    if (refusal != null) {
      return refusal;
    }
    open(entry, order.ttlMillis(), "");
    return new Result.Effect(Reply.none());
  }

  private Result hold(Entry entry) {
    SystemCommands.Hold order = SystemCommands.Hold.decode(entry.payload());
    if (order == null || order.lock().isEmpty()) {
      return new Result.Malformed();
    }
    boolean held = order.once() && on.locks().get(order.lock()) != null;
    if (held && !on.openings().isFull(on.limits().openings())) {
      return new Result.Effect(new Reply.Queued(false));
    }
    Result refusal = refusal(entry);
    if (refusal != null) {
      return refusal;
    }
    open(entry, order.ttlMillis(), order.lock());
    on.join(order.lock(), new Lock.Contender(mark.index(), entry.node(), order.value()));
    return new Result.Effect(new Reply.Queued(true));
  }

  private void open(Entry entry, long ttlMillis, String lock) {
    on.open(
        Session.open(
            new Session.Opened(
                mark.index(),
                entry.node(),
                entry.contentType(),
                ttlMillis,
                lock,
                SessionKind.CALLER)));
  }

  /** Why no session of a caller may be opened; null if one may. */
  private @Nullable Result refusal(Entry entry) {
    Limits limits = on.limits();
    if (on.isFull()) {
      on.refuse();
      return new Result.TooManySessions(limits.sessionsMax());
    }
    if (on.openings().isFull(limits.openings())) {
      on.refuse();
      return new Result.TooManyOpenings(limits.openings().bytesMax());
    }
    // The limit permits it now, and another copy of it may have come when the limit did not.
    return on.mayBeRefused(entry.ackedBelow()) ? new Result.TooLate() : null;
  }

  /** Ends this sidecar's previous one, unless this command was made before that one was opened. */
  private Result openOwn(Entry entry) {
    SystemCommands.OpenOwn order = SystemCommands.OpenOwn.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    Session last = on.own(entry.node(), order.kind());
    if (last != null && entry.ackedBelow() < last.id()) {
      return new Result.TooLate();
    }
    if (last != null) {
      on.end(last);
    }
    on.open(
        Session.open(
            new Session.Opened(
                mark.index(), entry.node(), entry.contentType(), 0, "", order.kind())));
    return new Result.Effect(Reply.none());
  }

  private Result closed(Entry entry) {
    Session session = on.session(entry.session());
    if (session == null || session.isOwn()) {
      return new Result.SessionUnknown(entry.session());
    }
    on.end(session);
    return new Result.Effect(Reply.none());
  }

  // ---- releases and renewals

  private Result renew(Entry entry) {
    SystemCommands.Renew order = SystemCommands.Renew.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    if (isTooLate(entry)) {
      // The sidecar may have stopped keeping them long ago.
      return new Result.TooLate();
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
    SystemCommands.Expire order = SystemCommands.Expire.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    for (SystemCommands.Expire.Judged judged : order.sessions()) {
      Session session = on.session(judged.session());
      if (session != null && session.renewIndex() == judged.renewIndex()) {
        on.end(session);
      }
    }
    return new Result.Effect(Reply.none());
  }

  private Result raiseLevel(Entry entry) {
    SystemCommands.RaiseLevel order = SystemCommands.RaiseLevel.decode(entry.payload());
    return order != null && on.raiseLevel(order.level())
        ? new Result.Effect(Reply.none())
        : new Result.Malformed();
  }

  /** One command expires a bounded number; the leader proposes another. */
  private Result expireKeys() {
    List<KeyValue> due = new ArrayList<>();
    for (Keys.Expiry expiry : on.keys().expiries()) {
      KeyValue pair = on.keys().get(expiry.key());
      if (expiry.millis() > mark.logTimeMillis() || due.size() >= on.limits().expiriesMax()) {
        break;
      }
      if (pair != null) {
        due.add(pair);
      }
    }
    due.forEach(pair -> on.remove(pair, Change.Type.EXPIRE));
    return new Result.Effect(Reply.none());
  }

  /**
   * Takes a lock from its holder.
   *
   * @param through without a token, a holder that was granted it by a later command keeps it: a
   *     copy of the command must not take the lock from the next holder. A token is granted only
   *     once, so it needs no such bound.
   */
  Result release(Entry entry, long through) {
    SystemCommands.Release order = SystemCommands.Release.decode(entry.payload());
    if (order == null) {
      return new Result.Malformed();
    }
    Lock lock = on.locks().get(order.lock());
    if (lock == null) {
      return order.force() ? new Result.Effect(new Reply.Released(0)) : new Result.NotHeld();
    }
    if (order.force() ? lock.token() > through : lock.token() != order.token()) {
      return new Result.NotHeld();
    }
    Session holder = on.session(lock.holder().session());
    if (holder != null) {
      on.end(holder);
    }
    return new Result.Effect(new Reply.Released(lock.token()));
  }
}

package io.synod.api.call;

import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.Proposer;
import io.synod.runtime.node.StateReads;
import io.synod.state.Session;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.v1.SessionSequence;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Proposes for callers, within what they may ask for. Any thread may call it. */
public final class Proposals {
  private final Proposer proposer;
  private final StateReads reads;
  private final ResponseInfos infos;
  private final Quota quota;
  private final int commandBytesMax;

  public Proposals(
      Proposer proposer, StateReads reads, ResponseInfos infos, Quota quota, int commandBytesMax) {
    this.proposer = proposer;
    this.reads = reads;
    this.infos = infos;
    this.quota = quota;
    this.commandBytesMax = commandBytesMax;
  }

  /** Proposes what makes the state or the log larger for long. */
  public CompletableFuture<Outcome> add(NewEntry newEntry, IdempotencyKey idempotencyKey) {
    fits(newEntry);
    quota.admit();
    return propose(newEntry, idempotencyKey);
  }

  /** Proposes what takes away, or changes little: passes whatever is full. */
  public CompletableFuture<Outcome> pass(NewEntry newEntry, IdempotencyKey idempotencyKey) {
    fits(newEntry);
    return propose(newEntry, idempotencyKey);
  }

  /** Opens a session. */
  public CompletableFuture<Outcome> open(NewEntry newEntry) {
    quota.admit();
    return proposer.open(newEntry, Deadlines.ofCall());
  }

  /** Refuses what adds, if there is too much already. */
  public void admit() {
    quota.admit();
  }

  /** Refuses a command of this size if it is too large. */
  public void fits(int bytes) {
    if (bytes > commandBytesMax) {
      throw StatusErrors.commandTooLarge(bytes, commandBytesMax);
    }
  }

  private void fits(NewEntry newEntry) {
    fits(newEntry.payload().bytes().length);
  }

  private CompletableFuture<Outcome> propose(NewEntry newEntry, IdempotencyKey idempotencyKey) {
    @Nullable SessionSequence place = idempotencyKey.place();
    if (place == null) {
      NewEntry named =
          new NewEntry(
              newEntry.kind(), newEntry.label(), idempotencyKey.requestId(), newEntry.payload());
      return proposer.propose(named, Deadlines.ofCall());
    }
    Entry.Key key = new Entry.Key(RequestFields.sequence(place), place.getSequence());
    Session session = reads.state().session(key.session());
    if (session != null && session.isOwn()) {
      // A sequence of a caller's there would be in the way of everybody who has no session.
      throw StatusErrors.sessionUnknown(key.session());
    }
    return proposer.propose(
        newEntry.under(infos.node(), key, place.getAckedBelow()), Deadlines.ofCall());
  }
}

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

/** Proposes entries for callers, within the limits and quotas. Any thread may call it. */
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

  /** Proposes an entry that makes the state or the log larger; refused above a quota. */
  public CompletableFuture<Outcome> add(NewEntry newEntry, IdempotencyKey idempotencyKey) {
    fits(newEntry);
    quota.admit();
    return propose(newEntry, idempotencyKey);
  }

  /** Proposes an entry that removes something or changes little; passes above a quota. */
  public CompletableFuture<Outcome> pass(NewEntry newEntry, IdempotencyKey idempotencyKey) {
    fits(newEntry);
    return propose(newEntry, idempotencyKey);
  }

  /** Opens a session. */
  public CompletableFuture<Outcome> open(NewEntry newEntry) {
    quota.admit();
    return proposer.open(newEntry, Deadlines.ofCall());
  }

  /** Refuses a request that adds, if a quota is reached. */
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
      // A caller's sequence in the sidecar's own session would block all callers without a session.
      throw StatusErrors.sessionUnknown(key.session());
    }
    return proposer.propose(
        newEntry.under(infos.node(), key, place.getAckedBelow()), Deadlines.ofCall());
  }
}

package io.synod.api.call;

import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Session;
import io.synod.v1.SessionSequence;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Proposes for callers, within what they may ask for. Any thread may call it. */
public final class Proposals {
  private final Node node;
  private final Infos infos;
  private final Quota quota;
  private final int commandBytesMax;

  public Proposals(Node node, Infos infos, Quota quota, int commandBytesMax) {
    this.node = node;
    this.infos = infos;
    this.quota = quota;
    this.commandBytesMax = commandBytesMax;
  }

  /** Proposes what makes the state or the log larger for long. */
  public CompletableFuture<Outcome> add(Draft draft, Again again) {
    fits(draft);
    quota.admit();
    return propose(draft, again);
  }

  /** Proposes what takes away, or changes little: passes whatever is full. */
  public CompletableFuture<Outcome> pass(Draft draft, Again again) {
    fits(draft);
    return propose(draft, again);
  }

  /** Opens a session. */
  public CompletableFuture<Outcome> open(Draft draft) {
    quota.admit();
    return node.open(draft, Patience.ofCall());
  }

  /** Refuses what adds, if there is too much already. */
  public void admit() {
    quota.admit();
  }

  /** Refuses a command of this size if it is too large. */
  public void fits(int bytes) {
    if (bytes > commandBytesMax) {
      throw Refusal.commandTooLarge(bytes, commandBytesMax);
    }
  }

  private void fits(Draft draft) {
    fits(draft.payload().bytes().length);
  }

  private CompletableFuture<Outcome> propose(Draft draft, Again again) {
    @Nullable SessionSequence place = again.place();
    if (place == null) {
      Draft named = new Draft(draft.kind(), draft.label(), again.requestId(), draft.payload());
      return node.propose(named, Patience.ofCall());
    }
    Entry.Key key = new Entry.Key(Fields.sequence(place), place.getSequence());
    Session session = node.state().session(key.session());
    if (session != null && session.isOwn()) {
      // A sequence of a caller's there would be in the way of everybody who has no session.
      throw Refusal.sessionUnknown(key.session());
    }
    return node.propose(draft.under(infos.node(), key, place.getAckedBelow()), Patience.ofCall());
  }
}

package io.synod.runtime.propose;

import io.synod.paxos.value.Command;
import io.synod.runtime.node.Outcome;
import io.synod.state.command.Entry;
import java.util.concurrent.CompletableFuture;

/** A proposal that waits for its outcome. Whoever holds it guards it. */
final class PendingProposal {
  final Entry entry;
  final Command command;
  final ProposalKind kind;
  final long deadlineNanos;
  final long number;
  final CompletableFuture<Outcome> future = new CompletableFuture<>();
  // Whether anybody but this node may know of it.
  boolean told;
  // Whether it may have been applied in slots that were not seen here.
  boolean unseen;
  // Whether the core has it in this turn, and may have told somebody meanwhile.
  boolean placing;
  // Whether the core was given it, how often it had room for it, when first and when last.
  boolean handed;
  int times;
  long firstAtNanos;
  long proposedAtNanos;

  /** One with a number of its own; those with higher ones came later. */
  PendingProposal(
      Entry entry, Command command, ProposalKind kind, long deadlineNanos, long number) {
    this.entry = entry;
    this.command = command;
    this.kind = kind;
    this.deadlineNanos = deadlineNanos;
    this.number = number;
  }

  /** Whether it may take effect though this node knows nothing of it. */
  boolean mayBeKnown() {
    return told || placing;
  }

  /** Whether it waits for this entry, which was applied under the same key. */
  boolean isFor(Entry applied) {
    return entry.kind() == applied.kind()
        && entry.payload().equals(applied.payload())
        && entry.contentType().equals(applied.contentType());
  }

  /** What its caller is told of an outcome. */
  Outcome told(Outcome outcome) {
    // It may have taken effect where nobody here saw it, before its session ended.
    return unseen && outcome instanceof Outcome.SessionUnknown ? indeterminate() : outcome;
  }

  /** That nothing is known of it. */
  Outcome indeterminate() {
    return new Outcome.Indeterminate(entry.session(), entry.sequence(), entry.ackedBelow());
  }
}

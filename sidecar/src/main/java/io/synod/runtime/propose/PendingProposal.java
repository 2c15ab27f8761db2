package io.synod.runtime.propose;

import io.synod.paxos.value.Command;
import io.synod.runtime.node.Outcome;
import io.synod.state.command.Entry;
import java.util.concurrent.CompletableFuture;

/** A proposal that waits for its outcome. The object that holds it guards it. */
final class PendingProposal {
  final Entry entry;
  final Command command;
  final ProposalKind kind;
  final long deadlineNanos;
  final long number;
  final CompletableFuture<Outcome> future = new CompletableFuture<>();
  // Whether any other node may know of it.
  boolean completed;
  // Whether it may have been applied in slots that this node skipped.
  boolean unseen;
  // Whether it was passed to the core in this turn, which may have sent it meanwhile.
  boolean placing;
  // Whether it was passed to the core, how often the core accepted it, when first and when last.
  boolean handed;
  int times;
  long firstAtNanos;
  long proposedAtNanos;

  /** Creates it with a number of its own; later proposals have higher ones. */
  PendingProposal(
      Entry entry, Command command, ProposalKind kind, long deadlineNanos, long number) {
    this.entry = entry;
    this.command = command;
    this.kind = kind;
    this.deadlineNanos = deadlineNanos;
    this.number = number;
  }

  /** Whether it may take effect without this node's knowledge. */
  boolean mayBeKnown() {
    return completed || placing;
  }

  /** Whether it waits for this entry, which was applied under the same key. */
  boolean isFor(Entry applied) {
    return entry.kind() == applied.kind()
        && entry.payload().equals(applied.payload())
        && entry.contentType().equals(applied.contentType());
  }

  /** The outcome for its caller. */
  Outcome complete(Outcome outcome) {
    // It may have taken effect in skipped slots, before its session ended.
    return unseen && outcome instanceof Outcome.SessionUnknown ? indeterminate() : outcome;
  }

  /** The outcome if its fate is unknown. */
  Outcome indeterminate() {
    return new Outcome.Indeterminate(entry.session(), entry.sequence(), entry.ackedBelow());
  }
}

package io.synod.storage.journal;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A simple model of what a journal must recover after a sequence of writes. */
final class ExpectedJournal {
  private Ballot promised = Ballot.NONE;
  private @Nullable Formation agreed;
  private boolean formed;
  private long applied;
  private final Map<Long, List<Proposal>> proposals = new TreeMap<>();

  ExpectedJournal() {}

  /** Adds a write. */
  void add(Write write) {
    if (write instanceof Write.Promised promise) {
      promised = promised.max(promise.ballot());
    } else if (write instanceof Write.Accepted accepted) {
      promised = promised.max(accepted.proposal().ballot());
      add(accepted.proposal());
    } else if (write instanceof Write.Learned learned) {
      add(learned.proposal());
    } else if (write instanceof Write.Applied mark) {
      applied = Math.max(applied, mark.through());
    } else if (write instanceof Write.Agreed agreement) {
      agreed = agreement.formation();
    } else if (write instanceof Write.Formed) {
      formed = true;
    }
  }

  private void add(Proposal proposal) {
    proposals.computeIfAbsent(proposal.slot(), slot -> new ArrayList<>()).add(proposal);
  }

  private static Proposal highest(List<Proposal> proposals) {
    Proposal best = proposals.get(0);
    for (Proposal proposal : proposals) {
      best = best.ballot().above(proposal.ballot()) ? best : proposal;
    }
    return best;
  }

  /** Whether a journal recovered exactly these writes. */
  boolean matches(Recovered recovered, DurableJournal journal) {
    List<Proposal> accepted = new ArrayList<>();
    long commands = 0;
    boolean votesMatch = true;
    for (Map.Entry<Long, List<Proposal>> entry : proposals.entrySet()) {
      Proposal best = highest(entry.getValue());
      if (entry.getKey() > recovered.archivedThrough()) {
        accepted.add(best);
        List<Ballot> votes = journal.votes(entry.getKey()).stream().map(Vote::ballot).toList();
        votesMatch &= votes.equals(entry.getValue().stream().map(Proposal::ballot).toList());
      } else {
        commands += best.batch().count();
      }
    }
    Recovered wanted =
        new Recovered(
            promised,
            recovered.archivedThrough(),
            commands,
            accepted,
            Math.max(applied, recovered.archivedThrough()),
            agreed,
            formed,
            Origin.EMPTY);
    return wanted.equals(recovered) && votesMatch;
  }
}

package io.synod.runtime;

import io.synod.paxos.Ballot;
import io.synod.paxos.Bytes;
import io.synod.paxos.Formation;
import io.synod.paxos.Proposal;
import io.synod.paxos.Recovered;
import io.synod.paxos.Vote;
import io.synod.paxos.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A journal that remembers as long as the test runs. */
final class MemoryJournal implements Journal {
  private final TreeMap<Long, Proposal> proposals = new TreeMap<>();
  private final TreeMap<Long, List<Vote>> votes = new TreeMap<>();
  private final TreeMap<Long, Bytes> effects = new TreeMap<>();
  private final TreeMap<Long, Long> slotByIndex = new TreeMap<>();
  private Ballot promised = Ballot.NONE;
  private long applied;
  private long archived;
  private long lastIndex;
  private @Nullable Formation agreed;
  private boolean formed;

  @Override
  public Recovered recovered() {
    long commands = 0;
    for (Proposal proposal : proposals.headMap(archived, true).values()) {
      commands += proposal.batch().count();
    }
    List<Proposal> open = List.copyOf(proposals.tailMap(archived, false).values());
    return new Recovered(promised, archived, commands, open, applied, agreed, formed);
  }

  /** What is kept of a slot is now another value, and nothing tells. */
  void alter(long slot, UnaryOperator<Proposal> change) {
    proposals.computeIfPresent(slot, (any, kept) -> change.apply(kept));
  }

  /** From now on what was applied is recovered from the archive only. */
  void archive() {
    archived = applied;
  }

  @Override
  public void append(List<Write> writes) {
    for (Write write : writes) {
      if (write instanceof Write.Promised promise) {
        promised = promise.ballot();
      } else if (write instanceof Write.Accepted accepted) {
        promised = promised.max(accepted.proposal().ballot());
        keep(accepted.proposal(), false);
      } else if (write instanceof Write.Learned learned) {
        keep(learned.proposal(), true);
      } else if (write instanceof Write.Applied through) {
        apply(through);
      } else if (write instanceof Write.Agreed agreement) {
        agreed = agreement.formation();
      } else {
        formed = true;
      }
    }
  }

  private void keep(Proposal proposal, boolean learned) {
    proposals.put(proposal.slot(), proposal);
    votes
        .computeIfAbsent(proposal.slot(), slot -> new ArrayList<>())
        .add(
            new Vote(
                proposal.ballot(),
                learned,
                proposal.batch().hashCode(),
                proposal.batch().size(),
                proposal.batch().count(),
                0));
  }

  private void apply(Write.Applied through) {
    through.effects().forEach(effect -> effects.put(effect.slot(), effect.bytes()));
    while (applied < through.through()) {
      applied++;
      Proposal proposal = proposals.get(applied);
      if (proposal != null && proposal.batch().count() > 0) {
        slotByIndex.put(lastIndex + 1, applied);
        lastIndex += proposal.batch().count();
      }
    }
  }

  @Override
  public void sync() {}

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    List<ChosenSlot> page = new ArrayList<>();
    long index = 1;
    long bytes = 0;
    for (Proposal proposal : proposals.headMap(Math.min(through, applied), true).values()) {
      if (proposal.slot() >= from && bytes <= bytesMax) {
        page.add(
            new ChosenSlot(proposal, index, effects.getOrDefault(proposal.slot(), Bytes.EMPTY)));
        bytes += proposal.batch().size();
      }
      index += proposal.batch().count();
    }
    return page;
  }

  @Override
  public List<Vote> votes(long slot) {
    return List.copyOf(votes.getOrDefault(slot, List.of()));
  }

  @Override
  public long slotOfIndex(long index) {
    var held = slotByIndex.floorEntry(index);
    return held == null ? 0 : held.getValue();
  }

  @Override
  public long bytesOnDisk() {
    return 0;
  }

  @Override
  public void close() {}
}

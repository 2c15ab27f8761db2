package io.synod.paxos.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable state of a replica at its start, as recovered from its disk.
 *
 * @param promised the highest promised ballot; nothing below it is accepted
 * @param archivedThrough slots up to here are chosen and readable from the journal, not listed
 * @param archivedCommands how many commands those slots hold
 * @param accepted the slots above, at their highest ballot, in slot order; may have holes
 * @param chosenThrough every slot up to here is chosen; at least {@code archivedThrough}
 * @param agreed the formation this disk agreed to, or null
 * @param formed whether all voters are known to have agreed
 * @param origin what this disk held before its cluster formed
 */
public record Recovered(
    Ballot promised,
    long archivedThrough,
    long archivedCommands,
    List<Proposal> accepted,
    long chosenThrough,
    @Nullable Formation agreed,
    boolean formed,
    Origin origin) {

  /** The state of an empty disk. */
  public static Recovered empty() {
    return new Recovered(Ballot.NONE, 0, 0, List.of(), 0, null, false, Origin.EMPTY);
  }
}

package io.synod.paxos.value;

/**
 * A chosen slot. A replica outputs each once, in slot order.
 *
 * @param proposal slot, ballot and value
 * @param firstIndex the index of its first command; indexes count the commands of the whole log
 *     from 1
 * @param how how this node learned that it is chosen
 */
public record Chosen(Proposal proposal, long firstIndex, How how) {

  /** How a node learns that a slot is chosen. */
  public enum How {
    /** It counted the quorum itself. */
    AS_LEADER,
    /** Its leader announced it, and it had accepted the slot at the leader's ballot. */
    FROM_LEADER,
    /** A peer sent it because this node lacked it. */
    CATCH_UP,
    /** It was in this node's journal. */
    RECOVERY
  }
}

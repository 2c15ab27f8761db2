package io.synod.paxos.value;

/**
 * A chosen slot, handed out once and in slot order.
 *
 * @param proposal slot, ballot and value
 * @param firstIndex the index of its first command: commands are counted from 1 through the log
 * @param how how this node came to know
 */
public record Chosen(Proposal proposal, long firstIndex, How how) {

  /** How a node learns that a slot is chosen. */
  public enum How {
    /** It counted the quorum itself. */
    AS_LEADER,
    /** Its leader said so of a slot it had accepted at the leader's ballot. */
    FROM_LEADER,
    /** It lacked the slot and was sent it. */
    CATCH_UP,
    /** It was in this node's journal. */
    RECOVERY
  }
}

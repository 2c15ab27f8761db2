package io.synod.runtime;

import io.synod.paxos.Proposal;
import java.util.List;

/**
 * A chosen slot as it is kept.
 *
 * @param proposal slot, ballot and value
 * @param firstIndex the index of its first command
 * @param skipped positions (from 0) of commands that had no effect, rising; nearly always empty
 */
public record ChosenSlot(Proposal proposal, long firstIndex, List<Integer> skipped) {}

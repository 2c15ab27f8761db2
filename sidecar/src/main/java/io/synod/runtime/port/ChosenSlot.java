package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Proposal;

/**
 * A chosen slot as it is stored.
 *
 * @param proposal slot, ballot and value
 * @param firstIndex the index of its first command
 * @param effects the effects of applying it; empty if every command simply took effect
 */
public record ChosenSlot(Proposal proposal, long firstIndex, Bytes effects) {}

package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Proposal;

/**
 * A chosen slot as it is kept.
 *
 * @param proposal slot, ballot and value
 * @param firstIndex the index of its first command
 * @param effects what applying it did; empty if every command took effect, and that is all
 */
public record ChosenSlot(Proposal proposal, long firstIndex, Bytes effects) {}

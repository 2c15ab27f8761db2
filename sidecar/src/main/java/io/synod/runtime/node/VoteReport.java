package io.synod.runtime.node;

import io.synod.paxos.value.Vote;
import java.util.List;
import java.util.Map;

/**
 * What the disks say of one slot.
 *
 * @param votes every vote each answering node still holds, by node, oldest first
 * @param chosenThrough how far each answering node knows the slots to be chosen, by node
 */
public record VoteReport(
    long slot, Map<Integer, List<Vote>> votes, Map<Integer, Long> chosenThrough) {}

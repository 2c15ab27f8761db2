package io.synod.runtime.node;

import io.synod.paxos.value.Vote;
import java.util.List;
import java.util.Map;

/**
 * The votes of all disks for one slot.
 *
 * @param votes every vote that each answering node still holds, by node, oldest first
 * @param chosenThrough the last slot that each answering node knows as chosen, by node
 */
public record VoteReport(
    long slot, Map<Integer, List<Vote>> votes, Map<Integer, Long> chosenThrough) {}

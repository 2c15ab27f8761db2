package io.synod.runtime.turn;

import io.synod.paxos.View;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.Availability;

/**
 * The decisions of a replica, once they are durable.
 *
 * @param nanos when publishing began
 * @param view the replica's view at the decision
 * @param available whether commands can be chosen now, which may be later than the decision
 */
public record Published(long nanos, Output output, View view, Availability available) {}

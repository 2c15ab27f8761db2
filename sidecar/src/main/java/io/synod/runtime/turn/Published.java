package io.synod.runtime.turn;

import io.synod.paxos.View;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.Availability;

/**
 * What a replica decided, once it is durable.
 *
 * @param nanos when publishing began
 * @param view what the replica believed when it decided this
 * @param available whether commands can be chosen now, which may be later than the decision
 */
public record Published(long nanos, Output output, View view, Availability available) {}

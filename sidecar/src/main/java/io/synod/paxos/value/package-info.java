/**
 * The values of the protocol: ballots, proposals, votes, messages, and the inputs and outputs of a
 * replica. It uses no role of a replica.
 */
@NullMarked
package io.synod.paxos.value;

import org.jspecify.annotations.NullMarked;

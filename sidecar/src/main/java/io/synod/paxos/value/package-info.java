/**
 * The values of the protocol: ballots, proposals, votes, messages, and what a replica is given and
 * gives back. Uses no role of a replica.
 */
@NullMarked
package io.synod.paxos.value;

import org.jspecify.annotations.NullMarked;

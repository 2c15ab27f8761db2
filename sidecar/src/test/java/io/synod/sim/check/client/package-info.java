/**
 * The checkers of what clients are told, and the reference model that runs the chosen log a second
 * time. Clients call them. May import check, and the vocabulary of paxos, runtime and state.
 */
@NullMarked
package io.synod.sim.check.client;

import org.jspecify.annotations.NullMarked;

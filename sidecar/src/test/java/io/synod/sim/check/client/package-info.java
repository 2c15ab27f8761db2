/**
 * The checkers of answers to clients, and the reference model, which applies the chosen log a
 * second time. Clients call them. May import check, and the vocabulary of paxos, runtime and state.
 */
@NullMarked
package io.synod.sim.check.client;

import org.jspecify.annotations.NullMarked;

package io.synod.paxos;

/**
 * A value for a slot under a ballot: what an acceptor accepts, and what is chosen once a quorum
 * has.
 *
 * @param slot the place in the log, from 1
 * @param ballot the ballot it was proposed under
 * @param batch the value
 */
public record Proposal(long slot, Ballot ballot, Batch batch) {}

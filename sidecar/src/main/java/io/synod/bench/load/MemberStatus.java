package io.synod.bench.load;

/**
 * The status of a member of a cluster, as it shows it.
 *
 * @param leads whether it is the leader
 * @param leader the leader that it follows and its term; empty if it knows of none
 * @param applied the last position of the log that it has applied
 * @param connected whether it is connected to all others, as far as it shows that
 */
public record MemberStatus(boolean leads, String leader, long applied, boolean connected) {}

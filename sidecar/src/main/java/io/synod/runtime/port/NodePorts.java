package io.synod.runtime.port;

/**
 * The ports of one node.
 *
 * @param mailbox takes what is for the node, and wakes it
 */
public record NodePorts(
    Journal journal, Peers peers, Clock clock, Observer observer, Mailbox mailbox) {}

package io.synod.runtime.port;

/**
 * The ports of one node.
 *
 * @param mailbox receives the node's inputs, and wakes it
 */
public record NodePorts(
    Journal journal, Peers peers, Clock clock, Observer observer, Mailbox mailbox) {}

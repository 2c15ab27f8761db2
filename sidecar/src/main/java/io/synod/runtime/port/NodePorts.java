package io.synod.runtime.port;

/** The four ports of one replica. */
public record NodePorts(Journal journal, Peers peers, Clock clock, Observer observer) {}

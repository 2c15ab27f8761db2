package io.synod.runtime.port;

/** The four ports of one replica. */
public record Ports(Journal journal, Peers peers, Clock clock, Observer observer) {}

package io.synod.runtime;

/** The four ports of one replica. */
public record Ports(Journal journal, Peers peers, Clock clock, Observer observer) {}

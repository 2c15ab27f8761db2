/**
 * Multi-Paxos as a deterministic function of time and input: no I/O, no clock, no threads, no
 * logger. May import {@code java.lang}, {@code java.util} and JSpecify. One thread owns a replica.
 * {@code value} holds what replicas say, write and are told; this package holds the roles.
 */
@NullMarked
package io.synod.paxos;

import org.jspecify.annotations.NullMarked;

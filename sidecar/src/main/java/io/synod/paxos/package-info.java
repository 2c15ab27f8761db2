/**
 * Multi-Paxos as a deterministic function of time and input: no I/O, no clock, no threads, no
 * logger. It may import {@code java.lang}, {@code java.util} and JSpecify. One thread owns a
 * replica. {@code value} holds the messages, records, inputs and outputs of replicas; this package
 * holds the roles.
 *
 * <p>[PMS] is L. Lamport, "Paxos Made Simple", 2001.
 */
@NullMarked
package io.synod.paxos;

import org.jspecify.annotations.NullMarked;

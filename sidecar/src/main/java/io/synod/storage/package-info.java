/**
 * Makes writes durable and reads slots back. May import {@code runtime} and {@code paxos}; alone
 * sees MapDB. Its rooms are a staircase: {@code disk}, {@code tail}, {@code sealed}, {@code
 * journal}, {@code directory}; each uses those before it.
 */
@NullMarked
package io.synod.storage;

import org.jspecify.annotations.NullMarked;

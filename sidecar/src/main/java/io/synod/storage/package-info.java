/**
 * Makes writes durable and reads slots back. May import {@code runtime} and {@code paxos}; alone
 * sees MapDB.
 */
@NullMarked
package io.synod.storage;

import org.jspecify.annotations.NullMarked;

/**
 * Makes writes durable and reads slots back. It may import {@code runtime} and {@code paxos}; it
 * alone uses MapDB. Its packages are layered: {@code disk}, {@code tail}, {@code sealed}, {@code
 * journal}, {@code directory}; each uses those before it.
 */
@NullMarked
package io.synod.storage;

import org.jspecify.annotations.NullMarked;

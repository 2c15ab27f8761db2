/**
 * Carries messages between peers over gRPC; may lose, delay and repeat them, never alters them. May
 * import {@code runtime}, {@code paxos} and the wire contract between peers. {@link
 * io.synod.transport.Wire} has no thread and no channel in it; what sends belongs to the loop's
 * thread, what receives runs on the event loops and never blocks.
 */
@NullMarked
package io.synod.transport;

import org.jspecify.annotations.NullMarked;

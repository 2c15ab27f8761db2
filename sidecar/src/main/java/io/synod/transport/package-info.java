/**
 * Carries messages between peers over gRPC; may lose, delay and repeat them, never alters them. May
 * import {@code runtime}, {@code paxos} and the wire contract between peers. {@link
 * io.synod.transport.WireCodec} has no thread and no channel in it. The loop's thread sends; the
 * event loops receive, and never block.
 */
@NullMarked
package io.synod.transport;

import org.jspecify.annotations.NullMarked;

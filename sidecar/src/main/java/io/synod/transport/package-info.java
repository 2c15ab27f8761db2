/**
 * The transport: sends messages between peers over gRPC. It may lose, delay and repeat them, and
 * never alters them. May import {@code runtime}, {@code paxos} and the wire contract between peers.
 * {@link io.synod.transport.WireCodec} uses no thread and no channel. The loop's thread sends; the
 * event loops receive, and never block.
 */
@NullMarked
package io.synod.transport;

import org.jspecify.annotations.NullMarked;

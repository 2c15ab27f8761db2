/**
 * The Java client of a Synod sidecar: {@link io.synod.client.SynodClient}. Messages are those of
 * {@code synod.v1}; this package adds exactly-once proposals, watches that resume, and typed
 * exceptions.
 *
 * <p>It depends on gRPC's stubs and on no transport: put {@code io.grpc:grpc-netty-shaded} or
 * another one on the class path, or pass a channel.
 */
@NullMarked
package io.synod.client;

import org.jspecify.annotations.NullMarked;

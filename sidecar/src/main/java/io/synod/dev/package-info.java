/**
 * {@code synod dev}: a cluster of real sidecars on this machine, shown in one terminal. May import
 * the generated API, gRPC, picocli and {@code io.synod.cli.shared}; nothing of the server.
 */
@NullMarked
package io.synod.dev;

import org.jspecify.annotations.NullMarked;

/**
 * {@code synod dev}: a cluster of real sidecars on this machine, shown in one terminal. May import
 * the generated API, gRPC, picocli and the client commands; nothing of the other rooms.
 */
@NullMarked
package io.synod.main.dev;

import org.jspecify.annotations.NullMarked;

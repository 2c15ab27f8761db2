/**
 * The {@code synod dev} command: a cluster of real sidecars on this machine, shown in one terminal.
 * It may import the generated API, gRPC, picocli and {@code io.synod.cli.shared}, and nothing of
 * the server.
 */
@NullMarked
package io.synod.dev;

import org.jspecify.annotations.NullMarked;

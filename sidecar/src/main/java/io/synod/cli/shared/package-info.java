/**
 * The common parts of the commands that call a running sidecar: calls and their failures,
 * endpoints, output, exit statuses. It may import the generated API, gRPC and picocli, and nothing
 * of the server. One command runs on one thread.
 */
@NullMarked
package io.synod.cli.shared;

import org.jspecify.annotations.NullMarked;

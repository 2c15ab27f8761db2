/**
 * What the commands that call a running sidecar have in common: the call and its failures, the
 * endpoint, what is printed and how, exit statuses. May import the generated API, gRPC and picocli;
 * nothing of the server. One command runs on one thread.
 */
@NullMarked
package io.synod.cli.shared;

import org.jspecify.annotations.NullMarked;

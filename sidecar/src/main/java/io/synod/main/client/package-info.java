/**
 * The commands that ask a running sidecar over its local API. May import the generated API, gRPC
 * and picocli; nothing of the other rooms. One command runs on one thread.
 */
@NullMarked
package io.synod.main.client;

import org.jspecify.annotations.NullMarked;

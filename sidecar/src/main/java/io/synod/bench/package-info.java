/**
 * Measures a cluster under load, Synod and etcd by one generator, so that a claim about speed is a
 * ratio of two figures of one run. May import the generated API, gRPC, HdrHistogram, picocli and
 * {@code io.synod.cli.shared}. The generator's callers run on its event loops; the writers and the
 * proxies of a failover have threads of their own; the rest runs on the command's thread.
 */
@NullMarked
package io.synod.bench;

import org.jspecify.annotations.NullMarked;

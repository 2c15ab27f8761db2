/**
 * Prometheus numbers, health and status over HTTP. May import {@code runtime} and {@code paxos}.
 * The loop counts, any thread reads; nothing here locks, and nothing here can stop the loop.
 */
@NullMarked
package io.synod.metrics;

import org.jspecify.annotations.NullMarked;

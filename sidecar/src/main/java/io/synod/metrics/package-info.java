/**
 * Prometheus metrics, health and status over HTTP. It may import {@code runtime} and {@code paxos}.
 * The loop counts, any thread reads; nothing here locks, and nothing here can block the loop.
 */
@NullMarked
package io.synod.metrics;

import org.jspecify.annotations.NullMarked;

/**
 * Prometheus numbers, health and status over HTTP. May import {@code runtime} and {@code paxos}.
 */
@NullMarked
package io.synod.metrics;

import org.jspecify.annotations.NullMarked;

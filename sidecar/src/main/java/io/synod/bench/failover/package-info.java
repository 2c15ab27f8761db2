/**
 * The gap in successful writes when a leader fails, of Synod and etcd in turn: {@link
 * io.synod.bench.failover.FailoverTrial} lets one leader fail, {@link
 * io.synod.bench.failover.FailoverReport} holds the figures, and one type for each form writes it:
 * text, Markdown, JSON.
 */
@NullMarked
package io.synod.bench.failover;

import org.jspecify.annotations.NullMarked;

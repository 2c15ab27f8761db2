/** Closed loops of callers, what they ask of a cluster, and what came of it. */
@NullMarked
package io.synod.bench.load;

import org.jspecify.annotations.NullMarked;

/** Tests of the clusters that benchmarks start. */
@NullMarked
package io.synod.bench.cluster;

import org.jspecify.annotations.NullMarked;

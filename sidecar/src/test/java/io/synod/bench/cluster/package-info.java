/** Tests of the clusters that are measured. */
@NullMarked
package io.synod.bench.cluster;

import org.jspecify.annotations.NullMarked;

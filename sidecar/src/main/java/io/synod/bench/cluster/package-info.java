/** The clusters that a measurement starts, and the probes of the machine beside them. */
@NullMarked
package io.synod.bench.cluster;

import org.jspecify.annotations.NullMarked;

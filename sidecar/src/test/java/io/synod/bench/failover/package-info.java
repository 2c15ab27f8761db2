/** Tests of the pure parts of the failover benchmark. */
@NullMarked
package io.synod.bench.failover;

import org.jspecify.annotations.NullMarked;

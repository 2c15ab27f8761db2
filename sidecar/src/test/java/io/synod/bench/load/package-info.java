/** Tests of the load generator. */
@NullMarked
package io.synod.bench.load;

import org.jspecify.annotations.NullMarked;

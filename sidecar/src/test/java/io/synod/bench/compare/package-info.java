/** Tests of the comparison of two clusters. */
@NullMarked
package io.synod.bench.compare;

import org.jspecify.annotations.NullMarked;

/** Tests of the numbers, the health and the port that shows them. */
@NullMarked
package io.synod.metrics;

import org.jspecify.annotations.NullMarked;

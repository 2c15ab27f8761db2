/** Tests of the HTTP port. */
@NullMarked
package io.synod.metrics.http;

import org.jspecify.annotations.NullMarked;

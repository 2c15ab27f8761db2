/** The HTTP port: metrics, health checks, the status and the holder of a lock as pages. */
@NullMarked
package io.synod.metrics.http;

import org.jspecify.annotations.NullMarked;

/** Carries messages between peers over gRPC; may lose, delay and repeat them, never alters them. */
@NullMarked
package io.synod.transport;

import org.jspecify.annotations.NullMarked;

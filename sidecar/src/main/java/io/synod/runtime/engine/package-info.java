/**
 * The cycle that steps the replica, the loop that turns it, and the engine that builds all parts.
 */
@NullMarked
package io.synod.runtime.engine;

import org.jspecify.annotations.NullMarked;

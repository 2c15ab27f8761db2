/** The cycle that steps the replica, the loop that turns it, and what puts all parts together. */
@NullMarked
package io.synod.runtime.engine;

import org.jspecify.annotations.NullMarked;

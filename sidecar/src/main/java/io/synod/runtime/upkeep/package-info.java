/** The background tasks of a node: expiry, acknowledgements, and the comparison of states. */
@NullMarked
package io.synod.runtime.upkeep;

import org.jspecify.annotations.NullMarked;

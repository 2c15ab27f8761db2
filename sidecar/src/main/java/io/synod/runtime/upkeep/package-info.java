/** What a node does unasked: expiry, acknowledgements, and the comparison of states. */
@NullMarked
package io.synod.runtime.upkeep;

import org.jspecify.annotations.NullMarked;

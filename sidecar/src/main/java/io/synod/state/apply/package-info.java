/** Applies chosen slots to a state. Uses all other rooms of {@code state}. */
@NullMarked
package io.synod.state.apply;

import org.jspecify.annotations.NullMarked;

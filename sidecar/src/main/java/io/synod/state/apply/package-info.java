/** Applies chosen slots to a state. It uses all other packages of {@code state}. */
@NullMarked
package io.synod.state.apply;

import org.jspecify.annotations.NullMarked;

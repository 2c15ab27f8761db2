/** Tests of acknowledgements. */
@NullMarked
package io.synod.runtime.upkeep;

import org.jspecify.annotations.NullMarked;

/** Tests of the replicated state, and its reference model. */
@NullMarked
package io.synod.state;

import org.jspecify.annotations.NullMarked;

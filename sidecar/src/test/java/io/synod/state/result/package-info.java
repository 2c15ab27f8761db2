/** Tests of results. */
@NullMarked
package io.synod.state.result;

import org.jspecify.annotations.NullMarked;

/** Tests of waiting proposals. */
@NullMarked
package io.synod.runtime.propose;

import org.jspecify.annotations.NullMarked;

/** Tests of proposals that wait. */
@NullMarked
package io.synod.runtime.propose;

import org.jspecify.annotations.NullMarked;

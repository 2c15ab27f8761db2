/** Tests of the runtime over memory; nothing here sleeps. */
@NullMarked
package io.synod.runtime;

import org.jspecify.annotations.NullMarked;

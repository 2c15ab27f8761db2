/** Tests of whole nodes over memory; nothing here sleeps. */
@NullMarked
package io.synod.runtime.engine;

import org.jspecify.annotations.NullMarked;

/** Reads of the state and the log: levels, feeds, history, traces. */
@NullMarked
package io.synod.runtime.read;

import org.jspecify.annotations.NullMarked;

/**
 * The replicated state as a deterministic function of the chosen entries: no I/O, no clock, no
 * threads.
 */
@NullMarked
package io.synod.state;

import org.jspecify.annotations.NullMarked;

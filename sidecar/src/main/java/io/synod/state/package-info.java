/**
 * The replicated state as a deterministic function of the chosen entries: no I/O, no clock, no
 * threads. This package holds the state and its parts. {@code encoding}, {@code command} and {@code
 * result} are below it; {@code apply} is above it.
 */
@NullMarked
package io.synod.state;

import org.jspecify.annotations.NullMarked;

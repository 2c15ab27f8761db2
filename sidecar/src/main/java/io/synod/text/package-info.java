/**
 * How people write values, in the configuration and on the command line alike. Pure: nothing of the
 * house, no I/O, no clock.
 */
@NullMarked
package io.synod.text;

import org.jspecify.annotations.NullMarked;

/**
 * The text forms of values, in the configuration and on the command line alike. Pure: it imports no
 * other package of Synod, and uses no I/O and no clock.
 */
@NullMarked
package io.synod.text;

import org.jspecify.annotations.NullMarked;

/** Checks log time against true time. */
@NullMarked
package io.synod.sim.check.time;

import org.jspecify.annotations.NullMarked;

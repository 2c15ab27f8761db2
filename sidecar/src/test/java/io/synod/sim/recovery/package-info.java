/**
 * The recovery after the end of faults, within stated times (I19), and the audit at the end. May
 * import everything below the simulator's commands but {@code mutant}.
 */
@NullMarked
package io.synod.sim.recovery;

import org.jspecify.annotations.NullMarked;

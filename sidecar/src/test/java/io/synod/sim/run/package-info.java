/**
 * One run, apart from what happens in it: its plan, the faults and settings that its seed draws,
 * its trace, the coverage that it reached and its report. Everything above reads them, so that the
 * profile and the kinds of faults stand here and not beside what strikes. May import disk and
 * check.
 */
@NullMarked
package io.synod.sim.run;

import org.jspecify.annotations.NullMarked;

/**
 * The description of a run: its plan, the faults and settings that its seed draws, its trace, its
 * coverage and its report. All higher packages read these, so the profile and the kinds of faults
 * are here and not beside the nemesis. May import disk and check.
 */
@NullMarked
package io.synod.sim.run;

import org.jspecify.annotations.NullMarked;

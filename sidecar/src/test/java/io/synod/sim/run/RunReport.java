package io.synod.sim.run;

import io.synod.sim.check.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run.
 *
 * @param violation what did not hold, or null
 * @param events how many things happened: messages delivered, turns, faults, callers' steps
 * @param traceHash digest of everything that happened, in order
 * @param tail the last lines of the trace, if it was asked for
 */
public record RunReport(
    RunPlan plan,
    @Nullable Violation violation,
    long events,
    long traceHash,
    CoverageMarks coverageMarks,
    List<String> tail) {}

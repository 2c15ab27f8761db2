package io.synod.sim.run;

import io.synod.sim.check.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run.
 *
 * @param violation the broken invariant, or null
 * @param events the number of events: delivered messages, turns, faults and steps of clients
 * @param traceHash the digest of all events in order
 * @param tail the last lines of the trace, if the trace was requested
 */
public record RunReport(
    RunPlan plan,
    @Nullable Violation violation,
    long events,
    long traceHash,
    CoverageMarks coverageMarks,
    List<String> tail) {}

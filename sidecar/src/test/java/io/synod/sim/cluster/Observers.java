package io.synod.sim.cluster;

import io.synod.sim.check.core.Checkers;
import io.synod.sim.run.CoverageMarks;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.RunTrace;
import java.util.function.Supplier;

/** The observers of a run, which change nothing in it: trace, coverage and checkers. */
public final class Observers {
  private final RunTrace trace;
  private final CoverageMarks coverageMarks;
  private final Checkers checkers;
  private final Coverage coverage;

  public Observers(RunTrace trace, CoverageMarks coverageMarks, Checkers checkers) {
    this.trace = trace;
    this.coverageMarks = coverageMarks;
    this.checkers = checkers;
    this.coverage = new Coverage(coverageMarks, checkers.chosenLog());
  }

  Checkers checkers() {
    return checkers;
  }

  Coverage coverage() {
    return coverage;
  }

  void mark(CoverageMark mark) {
    coverageMarks.hit(mark);
  }

  void event(long time, long what) {
    trace.event(time, what);
  }

  void trace(long time, Supplier<String> line) {
    trace.line(time, line);
  }
}

package io.synod.sim.recovery;

import io.synod.runtime.node.AppliedLog;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.Journals;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.workload.Workload;

/**
 * The audit at the end of a run: every node shows the whole log, every disk holds it, and every
 * answer to a client was true.
 */
public final class Audit {
  private final World world;
  private final Journals journals;
  private final Workload workload;

  public Audit(World world, Journals journals, Workload workload) {
    this.world = world;
    this.journals = journals;
    this.workload = workload;
  }

  public void run() {
    for (Host host : world.hosts()) {
      read(host);
    }
    for (Host host : world.hosts()) {
      journals.checkDisk(host);
    }
    workload.honest.checker(workload.once);
    workload.throwRecorded();
  }

  private void read(Host host) {
    SimulatedProcess process = host.process();
    if (process == null) {
      throw new Violation("I19", "node " + host.node + " is not back");
    }
    AppliedLog appliedLog = process.node().node().appliedLog();
    long cursor = appliedLog.oldestIndex();
    while (cursor <= appliedLog.appliedIndex()) {
      AppliedLog.Page page = appliedLog.page(cursor, 200, 1 << 20);
      workload.watches.page(host.node, cursor, page);
      if (page.next() <= cursor) {
        throw new Violation("I12", "node " + host.node + ": the feed ends at " + cursor);
      }
      cursor = page.next();
    }
    if (cursor - 1 != world.checkers().chosenLog().commands()) {
      throw new Violation(
          "I12",
          "node "
              + host.node
              + " shows "
              + (cursor - 1)
              + " commands, "
              + world.checkers().chosenLog().commands()
              + " are chosen");
    }
  }
}

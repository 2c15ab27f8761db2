package io.synod.sim;

import io.synod.runtime.node.Feed;
import io.synod.sim.check.Violation;

/** At the end: every node shows the same log, every disk holds it, and every answer was true. */
final class Audit {
  private final World world;

  Audit(World world) {
    this.world = world;
  }

  void run() {
    for (Host host : world.hosts()) {
      read(host);
    }
    for (Host host : world.hosts()) {
      world.machines().questionDisk(host);
    }
    world.crowd().honest.judge(world.crowd().once);
    world.crowd().confess();
  }

  private void read(Host host) {
    Instance process = host.process;
    if (process == null) {
      throw new Violation("I19", "node " + host.node + " is not back");
    }
    Feed feed = process.turned().node().feed();
    long cursor = feed.oldestIndex();
    while (cursor <= feed.appliedIndex()) {
      Feed.Page page = feed.page(cursor, 200, 1 << 20);
      world.crowd().watches.page(host.node, cursor, page);
      if (page.next() <= cursor) {
        throw new Violation("I12", "node " + host.node + ": the feed ends at " + cursor);
      }
      cursor = page.next();
    }
    if (cursor - 1 != world.court().ghost().commands()) {
      throw new Violation(
          "I12",
          "node "
              + host.node
              + " shows "
              + (cursor - 1)
              + " commands, "
              + world.court().ghost().commands()
              + " are chosen");
    }
  }
}

package io.synod.sim.mutant;

import java.util.Map;

/** Deliberate bugs in how a node replaces a leader whose host refuses connections. */
final class RefusalMutants {
  private RefusalMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "V1 waits for the time-out though the process of the leader ended",
        new SourceMutant(
            "paxos/Follower", "if (peer != awaited.node() || awaitedEnded) {", "if (peer != 0) {"));
  }
}

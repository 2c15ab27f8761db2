package io.synod.sim.mutant;

import io.synod.sim.run.FaultKind;
import java.util.Map;

/** Deliberate bugs in how a node replaces a leader whose host refuses connections. */
final class RefusalMutants {
  private RefusalMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "V1 waits for the time-out though the process of the leader ended",
        new SourceMutant(
            "paxos/Follower", "if (peer != awaited.node() || awaitedEnded) {", "if (peer != 0) {"));
    all.put(
        "V2 deposes a leader that a quorum follows because one node cannot connect to it",
        new SourceMutant(
                "paxos/Follower",
                "&& roleContext\n                .connectivity()",
                "&& (awaitedEnded || roleContext\n                .connectivity()")
            .and(
                "paxos/Follower",
                "            >= formation.quorum();",
                "            >= formation.quorum());")
            .in(profile -> profile.has(FaultKind.FALSE_REFUSAL)));
    all.put(
        "V3 takes a late message of a process that ended for a sign of life",
        new SourceMutant(
            "paxos/Follower", "return awaitedEnded\n        && ballot", "return false && ballot"));
  }
}

package io.synod.sim.mutant;

import io.synod.sim.run.FaultKind;
import java.util.Map;

/** Deliberate bugs in how the level of a cluster is raised. */
final class LevelMutants {
  private LevelMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "U1 raises the level as soon as one node supports it",
        new SourceMutant(
                "runtime/upkeep/LevelProposer",
                "common = Math.min(common, peers",
                "common = Math.max(common, peers")
            .in(profile -> profile.has(FaultKind.UPGRADE)));
    all.put(
        "U2 never raises the level",
        new SourceMutant(
                "runtime/upkeep/LevelProposer", "if (common > level) {", "if (common < 0) {")
            .in(profile -> profile.has(FaultKind.UPGRADE)));
  }
}

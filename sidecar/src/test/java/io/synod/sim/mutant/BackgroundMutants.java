package io.synod.sim.mutant;

import io.synod.sim.run.FaultKind;
import java.util.Map;

/** Deliberate bugs in tasks beside the loop, which may run before or after the loop's changes. */
final class BackgroundMutants {
  private BackgroundMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "G1 archives what is applied and not synced",
        new SourceMutant(
                "storage/journal/Sealer",
                "file.slotMax() <= applied",
                "file.slotMax() <= index.applied()")
            .in(profile -> profile.has(FaultKind.SLOW_BACKGROUND)));
  }
}

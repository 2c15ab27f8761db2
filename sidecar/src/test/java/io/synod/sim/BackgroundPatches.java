package io.synod.sim;

import java.util.Map;

/** Deliberate bugs in what a process does beside its loop, which overtakes it and is overtaken. */
final class BackgroundPatches {
  private BackgroundPatches() {}

  static void add(Map<String, Patch> all) {
    all.put(
        "G1 archives what is applied and not synced",
        new Patch(
                "storage/Sealer", "file.slotMax() <= applied", "file.slotMax() <= index.applied()")
            .in(weather -> weather.has(FaultKind.SLOW_BACKGROUND)));
  }
}

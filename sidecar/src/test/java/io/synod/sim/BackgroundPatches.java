package io.synod.sim;

import java.util.Map;

/** Deliberate bugs in what a process does beside its loop, which overtakes it and is overtaken. */
final class BackgroundPatches {
  private BackgroundPatches() {}

  static void add(Map<String, Patch> all) {
    all.put(
        "G1 archives what is applied and not synced",
        new Patch(
            "storage/Sealer", "file.slotMax() <= applied", "file.slotMax() <= index.applied()"));
    all.put(
        "G2 takes an older snapshot that is sealed later for the newest",
        new Patch(
            "storage/Snapshots",
            "newest = mark.slot() > newest.slot() ? mark : newest;",
            "newest = mark;"));
  }
}

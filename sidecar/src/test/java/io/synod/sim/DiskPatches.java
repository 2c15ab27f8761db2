package io.synod.sim;

import java.util.Map;

/** Deliberate bugs in how the log is read from a disk that fails, and written to it. */
final class DiskPatches {
  private DiskPatches() {}

  static void add(Map<String, Patch> all) {
    all.put(
        "F1 takes a frame that it read as zeroes for the end of the log",
        new Patch(
                "storage/TailScan",
                "misread = cached.header() == null;",
                "misread = cached.header() == null && cached.state() != TailFrame.State.ZEROES;")
            .in(weather -> weather.has(FaultKind.MISDIRECTED_READ)));
    all.put(
        "F2 does not write again what a failed sync may have lost",
        new Patch("storage/TailScan", "      file.file().write(frame.at(), frame.bytes());\n", "")
            .in(weather -> weather.has(FaultKind.SYNC_ERROR)));
    all.put(
        "F3 leaves out a slot that it cannot read",
        new Patch(
                "storage/DurableJournal",
                "accepted.add(slot.highest().proposal());",
                "try { accepted.add(slot.highest().proposal()); }"
                    + " catch (IOException | JournalException e) { continue; }")
            .in(weather -> weather.has(FaultKind.MISDIRECTED_READ)));
    all.put(
        "F4 stops when there is no room for what it seals",
        new Patch(
            "storage/Sealer",
            "      triedAtNanos = clock.nanos();\n",
            "      failed.accept(new JournalException(String.valueOf(e.getMessage()), e));\n"));
    all.put(
        "F5 never tries again to seal what there was no room for",
        new Patch("storage/Sealer", "return withoutRoom && clock", "return false && clock"));
    full(all);
  }

  /** There is no room for the next file of the log. */
  private static void full(Map<String, Patch> all) {
    all.put(
        "F6 stops when there is no room for the next file",
        new Patch(
            "storage/NextFile",
            "    lacksRoom = true;\n",
            "    throw new java.io.UncheckedIOException(e);\n"));
    all.put(
        "F7 never tries again to make the file that there was no room for",
        new Patch(
            "storage/Sealer", "return tail.next().lacksRoom() && clock", "return false && clock"));
    all.put(
        "F8 vows what waits for room",
        new Patch(
            "runtime/engine/Shortage",
            "held = written ? null : decided;\n    return written;",
            "return true;"));
    all.put(
        "F9 vows what found room and is not synced",
        new Patch(
            "runtime/engine/Shortage", "Check.that(ports.journal().sync(),", "Check.that(true,"));
    all.put(
        "F10 abstains for good once its disk was full",
        new Patch("paxos/Roles", "abstains = shall;", "abstains |= shall;")
            .in(weather -> weather.has(FaultKind.DISK_FULL)));
  }
}

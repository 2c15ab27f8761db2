package io.synod.sim.mutant;

import io.synod.sim.run.FaultKind;
import java.util.Map;

/** Deliberate bugs in reading the log from a faulty disk, and in writing to it. */
final class DiskMutants {
  private DiskMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "F1 takes a frame that it read as zeroes for the end of the log",
        new SourceMutant(
                "storage/tail/TailScan",
                "misread = cached.header() == null;",
                "misread = cached.header() == null && cached.state() != TailFrame.State.ZEROES;")
            .in(profile -> profile.has(FaultKind.MISDIRECTED_READ)));
    all.put(
        "F2 does not write again what a failed sync may have lost",
        new SourceMutant(
                "storage/tail/TailScan",
                "      file.file().write(frame.at(), frame.bytes());\n",
                "")
            .in(profile -> profile.has(FaultKind.SYNC_ERROR)));
    all.put(
        "F3 leaves out a slot that it cannot read",
        new SourceMutant(
                "storage/journal/SlotReader",
                "accepted.add(slot.highest().proposal());",
                "try { accepted.add(slot.highest().proposal()); }"
                    + " catch (IOException | JournalException e) { continue; }")
            .in(profile -> profile.has(FaultKind.MISDIRECTED_READ)));
    all.put(
        "F4 stops when there is no room for what it seals",
        new SourceMutant(
            "storage/journal/Sealer",
            "      triedAtNanos = clock.nanos();\n",
            "      failed.accept(new JournalException(String.valueOf(e.getMessage()), e));\n"));
    all.put(
        "F5 never tries again to seal what there was no room for",
        new SourceMutant(
                "storage/journal/Sealer", "return withoutRoom && clock", "return false && clock")
            .in(profile -> profile.has(FaultKind.DISK_FULL)));
    all.put(
        "F12 removes files that the second copy of the superblock requires",
        new SourceMutant(
                "storage/tail/Superblock",
                "    writeCopy(next);\n    writeCopy(next);\n",
                "    writeCopy(next);\n")
            .in(profile -> profile.has(FaultKind.BIT_ROT)));
    full(all);
  }

  /** Adds mutants for a disk that is full. */
  private static void full(Map<String, SourceMutant> all) {
    all.put(
        "F6 stops when there is no room for the next file",
        new SourceMutant(
            "storage/tail/NextTailFile",
            "    lacksRoom = true;\n",
            "    throw new java.io.UncheckedIOException(e);\n"));
    all.put(
        "F7 never tries again to make the file that there was no room for",
        new SourceMutant(
            "storage/journal/Sealer",
            "return tail.next().lacksRoom() && clock",
            "return false && clock"));
    all.put(
        "F8 sends an acceptance that waits for disk space",
        new SourceMutant(
                "runtime/engine/FullDisk",
                "deferred = written ? null : new DeferredTurn(output, view);\n    return written;",
                "return true;")
            .in(profile -> profile.has(FaultKind.DISK_FULL)));
    all.put(
        "F9 sends an acceptance that was written and not synced",
        new SourceMutant(
                "runtime/engine/FullDisk", "Check.that(ports.journal().sync(),", "Check.that(true,")
            .in(profile -> profile.has(FaultKind.DISK_FULL)));
    all.put(
        "F11 answers no call while what it decided waits for room",
        new SourceMutant(
                "runtime/engine/Cycle",
                "settle(ports.clock().nanos());\n    return nowNanos + stalledPaceNanos;",
                "return nowNanos + stalledPaceNanos;")
            .in(profile -> profile.has(FaultKind.DISK_FULL)));
    all.put(
        "F10 abstains for good once its disk was full",
        new SourceMutant("paxos/Roles", "abstains = mustNotLead;", "abstains |= mustNotLead;")
            .in(profile -> profile.has(FaultKind.DISK_FULL) && profile.voters <= 2));
  }
}

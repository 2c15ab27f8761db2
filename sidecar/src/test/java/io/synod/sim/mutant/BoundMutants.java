package io.synod.sim.mutant;

import io.synod.sim.run.FaultProfile;
import java.util.Map;

/** Deliberate bugs in the bounds of waiting calls and of memory. */
final class BoundMutants {
  private static final int SMALL_BYTES = 10_000;

  private BoundMutants() {}

  static void add(Map<String, SourceMutant> all) {
    waiting(all);
    kept(all);
  }

  private static void waiting(Map<String, SourceMutant> all) {
    all.put(
        "B1 lets one proposal too many wait",
        new SourceMutant(
            "runtime/propose/ProposalBudget", "count < countMax", "count <= countMax"));
    all.put(
        "B2 counts no bytes of what waits",
        new SourceMutant("runtime/propose/ProposalBudget", "    bytes += command.size();\n", ""));
    all.put(
        "B3 lets one read too many wait",
        new SourceMutant(
                "runtime/read/PendingReads",
                ">= callerLimits.readsMax()",
                "> callerLimits.readsMax()")
            .in(FaultProfile::letsFewReadsWait));
    all.put(
        "B4 lets any number wait for an acknowledgement",
        new SourceMutant("runtime/upkeep/ConsumerProgress", "      waiters++;\n", "")
            .in(FaultProfile::letsFewReadsWait));
    all.put(
        "B5 opens one slot too many",
        new SourceMutant(
            "paxos/Leader",
            "open.count() < roleContext.settings().windowSlots()",
            "open.count() <= roleContext.settings().windowSlots()"));
    all.put(
        "B6 opens slots whatever they hold",
        new SourceMutant("paxos/OpenSlots", "    bytes += proposal.batch().size();\n", ""));
    all.put(
        "B7 queues one command too many",
        new SourceMutant(
                "paxos/CommandQueue", "queuedBytes + command.size() <= ", "queuedBytes <= ")
            .in(profile -> profile.settings.queueBytesMax() < SMALL_BYTES));
  }

  private static void kept(Map<String, SourceMutant> all) {
    all.put(
        "B8 lets the feed keep every slot",
        new SourceMutant(
            "runtime/read/BufferedAppliedLog",
            "recentBytes > recentBytesMax &&",
            "recentBytes < 0 &&"));
    all.put(
        "B9 keeps every state of the past",
        new SourceMutant(
            "runtime/read/StateHistory",
            "(commands > commandsMax || bytes > bytesMax)",
            "bytes > bytesMax"));
    all.put(
        "B10 keeps states whatever they keep alive",
        new SourceMutant(
            "runtime/read/StateHistory",
            "(commands > commandsMax || bytes > bytesMax)",
            "commands > commandsMax"));
    all.put(
        "B11 keeps open whatever was pulled",
        new SourceMutant(
            "runtime/snapshot/SnapshotServer",
            "open.size() > OPEN_MAX",
            "open.size() > 2 * OPEN_MAX"));
    all.put(
        "B12 keeps chosen slots in memory",
        new SourceMutant(
            "paxos/Slots", "while (bytes > bytesMax &&", "while (bytes > 2 * bytesMax &&"));
    all.put(
        "B13 accepts however far ahead it is",
        new SourceMutant(
                "paxos/Acceptor",
                "if (!slots.hasRoomFor(",
                "if (accept.slot() < 0 && !slots.hasRoomFor(")
            .in(profile -> profile.settings.windowBytesMax() < SMALL_BYTES));
    all.put(
        "B14 knows one snapshot of a consumer too many",
        new SourceMutant(
            "state/Consumer", "kept.size() > SNAPSHOTS_MAX", "kept.size() > SNAPSHOTS_MAX + 1"));
  }
}

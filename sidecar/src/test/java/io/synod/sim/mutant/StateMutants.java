package io.synod.sim.mutant;

import io.synod.sim.run.FaultKind;
import java.util.Map;
import java.util.TreeMap;

/** Deliberate bugs in sessions, expiry, locks, watches and answers. */
final class StateMutants {
  private StateMutants() {}

  /** All source mutants by name. */
  static Map<String, SourceMutant> all() {
    Map<String, SourceMutant> all = new TreeMap<>();
    sessions(all);
    expiry(all);
    locks(all);
    watches(all);
    snapshots(all);
    divergence(all);
    streams(all);
    BoundMutants.add(all);
    DiskMutants.add(all);
    BackgroundMutants.add(all);
    AnswerMutants.add(all);
    QuorumMutants.add(all);
    LevelMutants.add(all);
    MembershipMutants.add(all);
    TimeMutants.add(all);
    SessionMutants.add(all);
    HoldMutants.add(all);
    LinkMutants.add(all);
    return all;
  }

  private static void sessions(Map<String, SourceMutant> all) {
    all.put(
        "S1 takes any payload for a repetition",
        new SourceMutant(
            "state/apply/CommandRun",
            "before.isTo(entry) ? before.again() : new Result.SequenceReused();",
            "before.isTo(entry) || true ? before.again() : new Result.SequenceReused();"));
    all.put(
        "S2 forgets an answer with its own acknowledgement",
        new SourceMutant(
            "state/Session",
            "        cachedReplies.plus(sequence, cachedReply),",
            "ackedBelow >= sequence ? cachedReplies : cachedReplies.plus(sequence, cachedReply),"));
    all.put(
        "S3 knows no request by its id",
        new SourceMutant(
            "state/apply/CommandRun",
            "entry.requestId().isEmpty() ? null : on.request(entry.requestId());",
            "null;"));
    all.put(
        "S4 refuses once and does it later",
        new SourceMutant(
            "state/apply/CommandRun",
            "    on.answer(entry.session(), entry.sequence(), cachedReply",
            "    if (cachedReply.result().hasEffect())"
                + " on.answer(entry.session(), entry.sequence(), cachedReply"));
    all.put(
        "S5 leaves ephemeral pairs behind",
        new SourceMutant(
            "state/apply/Execution",
            "      if (pair != null) {\n        remove",
            "      if (pair == null) {\n        remove"));
    all.put(
        "S6 lets a pair stay with its first owner",
        new SourceMutant(
            "state/apply/Execution",
            "      own(pair);",
            "      own(before == null ? pair : before);"));
  }

  private static void expiry(Map<String, SourceMutant> all) {
    all.put(
        "E1 grants no period after a change of leader",
        new SourceMutant(
            "runtime/upkeep/ExpiryProposer",
            ": new Timer(session.renewIndex(), nowNanos);",
            ": new Timer(session.renewIndex(), nowNanos - periodNanos(session));"));
    all.put(
        "E2 expires whatever was renewed since",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "session != null && session.renewIndex() == judged.renewIndex()",
            "session != null"));
    all.put(
        "E3 counts validity from the answer to a renewal",
        new SourceMutant(
            "runtime/hold/SessionRenewals",
            "kept.valid(renewal.sentNanos);",
            "kept.valid(own.nanos());"));
    all.put(
        "E4 tells time by the local clock",
        new SourceMutant(
            "runtime/engine/Applier",
            "LogReplay.apply(machine, proposal, membershipDistance)",
            """
            LogReplay.apply(
                machine,
                new Proposal(
                    proposal.slot(),
                    proposal.ballot(),
                    io.synod.paxos.value.Batch.of(
                        ports.clock().wallMillis(), proposal.batch().commands())),
                membershipDistance)
            """));
    all.put(
        "E5 lets a rewritten pair keep its time to live",
        new SourceMutant(
            "state/Keys", "before == null ? expiries : withoutExpiry(before)", "expiries"));
  }

  private static void locks(Map<String, SourceMutant> all) {
    all.put(
        "L1 lets the last who asked hold",
        new SourceMutant("state/Lock", "queue.firstEntry()", "queue.lastEntry()"));
    all.put(
        "L2 passes on under the same token",
        new SourceMutant(
            "state/Locks",
            "? new Lock(name, index, timeMillis, left)",
            "? new Lock(name, held.token(), timeMillis, left)"));
    all.put(
        "L3 releases under a stale token",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "lock.token() > through : lock.token() != order.token()",
            "lock.token() > through : lock.token() < order.token()"));
    all.put(
        "L4 takes any token for the fence",
        new SourceMutant(
            "state/apply/TxnRun",
            "lock != null && lock.token() == held.token()",
            "lock != null && lock.token() >= held.token()"));
    all.put(
        "L5 tries once and waits",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "order.once() && on.locks()",
            "!order.once() && on.locks()"));
  }

  private static void watches(Map<String, SourceMutant> all) {
    all.put(
        "W1 goes on one index too far",
        new SourceMutant(
            "runtime/read/BufferedAppliedLog",
            "new Reader(Math.max(1, from), ",
            "new Reader(Math.max(1, from) + (from % 37 == 0 ? 1 : 0), "));
    all.put(
        "W2 marks progress before delivery",
        new SourceMutant(
            "runtime/read/BufferedAppliedLog",
            "return new Page(reader.items, reader.next);",
            "return new Page(reader.items, Math.max(reader.next, through + 1));"));
    all.put(
        "W3 loses what applying a slot did",
        new SourceMutant(
            "runtime/engine/Applier",
            "effects.add(new Write.Applied.Effect(slot, bytes));",
            "effects.size();"));
    all.put(
        "W4 shows the values of the other branch",
        new SourceMutant(
            "state/result/Effects",
            "done && !done.succeeded() ? FAILURE : SUCCESS",
            "done && done.succeeded() ? FAILURE : SUCCESS"));
    all.put(
        "W5 keeps a page of a list at the newest state",
        new SourceMutant(
            "runtime/read/StateHistory",
            "return index == slot.after.index()",
            "return index < slots.lastKey() ? slots.lastEntry().getValue().after"
                + " : index == slot.after.index()"));
    all.put(
        "W7 shows a state within a slot as it is at its end",
        new SourceMutant(
            "runtime/read/StateHistory",
            "return index == slot.after.index()",
            "return index >= slot.firstIndex()"));
    all.put(
        "W6 trims what an open watch wants",
        new SourceMutant(
            "runtime/snapshot/Snapshotter",
            "Math.min(neededFromIndex, followedFromIndex.getAsLong())",
            "neededFromIndex"));
  }

  /** Adds mutants that only some nodes have. */
  private static void divergence(Map<String, SourceMutant> all) {
    String onSome = "System.identityHashCode(on) % 3 == 0";
    all.put(
        "D1 ends silent sessions on some nodes only",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "session != null && session.renewIndex() == judged.renewIndex()",
            onSome + " && session != null && session.renewIndex() == judged.renewIndex()"));
    all.put(
        "D2 answers something else on some nodes",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "new Result.Effect(new Reply.Released(lock.token()))",
            "new Result.Effect(new Reply.Released(" + onSome + " ? 0 : lock.token()))"));
    all.put(
        "D3 forgets acknowledged answers on some nodes only",
        new SourceMutant(
            "state/apply/CommandRun",
            "on.acknowledge(session, Math.min(entry.ackedBelow(), entry.sequence()))",
            "on.acknowledge(session, " + onSome + " ? 0 : entry.ackedBelow())"));
  }

  private static void snapshots(Map<String, SourceMutant> all) {
    all.put(
        "M9 leaves sessions out of the snapshot",
        new SourceMutant(
            "state/StateWriter",
            "state.table().byId().values().iterator(),",
            "List.<Session>of().iterator(),"));
    all.put(
        "M10 trims before the snapshot is durable",
        new SourceMutant(
                "runtime/snapshot/Snapshotter",
                "      outcome = state == null ? null : write(state);\n",
                "      ports.journal().trim(new Retention(neededFromIndex, settings.keepBytes(),"
                    + " settings.bytesMax()));\n"
                    + "      outcome = state == null ? null : write(state);\n")
            .and(
                "storage/journal/DurableJournal",
                "segmentStore.trim(snapshots.newest().slot() + 1, keep);",
                "segmentStore.trim(index.applied() + 1, keep);"));
    all.put(
        "N1 carries no promise into its next file",
        new SourceMutant(
                "storage/tail/CarryOver", "if (!promised.isNone()) {", "if (promised.isNone()) {")
            .and(
                "storage/journal/DurableJournal",
                "            carryOver.promised(), tail.oldest()",
                "            io.synod.paxos.value.Ballot.NONE, tail.oldest()"));
    all.put(
        "N2 drops what it accepted above a snapshot",
        new SourceMutant(
            "storage/tail/TailIndex",
            "    slots.headMap(slot, true).clear();",
            "    slots.clear();"));
    all.put(
        "N3 installs an older snapshot over a newer state",
        new SourceMutant(
                "runtime/snapshot/SnapshotService",
                ": !wrong && slot > applied.state().slot();",
                ": !wrong;")
            .in(profile -> profile.takesSnapshots() && profile.has(FaultKind.SLOW_BACKGROUND)));
    all.put(
        "N4 leaves requests out of the snapshot",
        new SourceMutant(
            "state/StateWriter",
            "answers(REQUEST, state.rest().requestMemory().requests()),",
            "List.<Named>of().iterator(),"));
    all.put(
        "N5 counts commands on from before the snapshot",
        new SourceMutant("paxos/Learner", "    commands = installed.commands();", ""));
  }

  private static void streams(Map<String, SourceMutant> all) {
    all.put(
        "N6 removes the older snapshot before the newer is whole",
        new SourceMutant(
            "storage/journal/StateSnapshots",
            "      streamWriter.seal();\n      sealed(mark);",
            "      sealed(mark);\n      streamWriter.seal();"));
    all.put(
        "N7 takes a snapshot of what is not recorded as applied",
        new SourceMutant(
                "runtime/snapshot/Snapshotter",
                "return state.slot() <= ports.journal().recorded() ? state : recorded;",
                "return state;")
            .in(profile -> profile.has(FaultKind.DISK_FULL)));
    all.put(
        "N8 takes a pulled state without its digests",
        new SourceMutant(
                "runtime/snapshot/SnapshotFetcher",
                "streamWriter.bytes() != total || !streamWriter.sha256().equals(sha256)",
                "streamWriter.bytes() != total")
            .and("state/StateReader", "from.number() != digest", "from.number() == 0")
            .in(profile -> profile.has(FaultKind.ALTERED_PAGE)));
  }
}

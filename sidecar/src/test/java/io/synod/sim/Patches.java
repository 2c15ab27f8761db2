package io.synod.sim;

import java.util.Map;
import java.util.TreeMap;

/** Deliberate bugs in sessions, expiry, locks, watches and answers, which must be found. */
final class Patches {
  private Patches() {}

  /** By what they do. */
  static Map<String, Patch> all() {
    Map<String, Patch> all = new TreeMap<>();
    sessions(all);
    expiry(all);
    locks(all);
    watches(all);
    snapshots(all);
    divergence(all);
    return all;
  }

  private static void sessions(Map<String, Patch> all) {
    all.put(
        "S1 takes any payload for a repetition",
        new Patch(
            "state/CommandRun",
            "digest(entry) ? before.again() : new Result.SequenceReused();",
            "before.payloadDigest() ? before.again() : new Result.SequenceReused();"));
    all.put(
        "S2 forgets an answer with its own acknowledgement",
        new Patch(
            "state/Session",
            "answers.plus(sequence, answer), answerBytes",
            "ackedBelow >= sequence ? answers : answers.plus(sequence, answer), answerBytes"));
    all.put(
        "S3 knows no request by its id",
        new Patch(
            "state/CommandRun",
            "entry.requestId().isEmpty() ? null : on.request(entry.requestId());",
            "null;"));
    all.put(
        "S4 refuses once and does it later",
        new Patch(
            "state/CommandRun",
            "    on.answer(entry.session(), entry.sequence(), answer",
            "    if (answer.result().hasEffect())"
                + " on.answer(entry.session(), entry.sequence(), answer"));
    all.put(
        "S5 leaves ephemeral pairs behind",
        new Patch(
            "state/Execution",
            "      if (pair != null) {\n        remove",
            "      if (pair == null) {\n        remove"));
    all.put(
        "S6 lets a pair stay with its first owner",
        new Patch(
            "state/Execution", "      own(pair);", "      own(before == null ? pair : before);"));
  }

  private static void expiry(Map<String, Patch> all) {
    all.put(
        "E1 grants no period after a change of leader",
        new Patch(
            "runtime/Warden",
            ": new Timer(session.renewIndex(), nowNanos);",
            ": new Timer(session.renewIndex(), nowNanos - periodNanos(session));"));
    all.put(
        "E2 expires whatever was renewed since",
        new Patch(
            "state/CommandRun",
            "session != null && session.renewIndex() == judged.renewIndex()",
            "session != null"));
    all.put(
        "E3 counts validity from the answer to a renewal",
        new Patch(
            "runtime/Renewals",
            "        held.valid(sentNanos);\n        held.changed",
            "        held.valid(own.nanos());\n        held.changed"));
    all.put(
        "E4 tells time by the local clock",
        new Patch(
            "runtime/Applier",
            "proposal.batch().logTimeMillis(), commands",
            "ports.clock().wallMillis(), commands"));
    all.put(
        "E5 lets a rewritten pair keep its time to live",
        new Patch("state/Keys", "before == null ? expiries : withoutExpiry(before)", "expiries"));
  }

  private static void locks(Map<String, Patch> all) {
    all.put(
        "L1 lets the last who asked hold",
        new Patch("state/Lock", "queue.firstEntry()", "queue.lastEntry()"));
    all.put(
        "L2 passes on under the same token",
        new Patch(
            "state/Locks",
            "? new Lock(name, index, timeMillis, left)",
            "? new Lock(name, held.token(), timeMillis, left)"));
    all.put(
        "L3 releases under a stale token",
        new Patch(
            "state/CommandRun",
            "!order.force() && lock.token() != order.token()",
            "!order.force() && lock.token() < order.token()"));
    all.put(
        "L4 takes any token for the fence",
        new Patch(
            "state/TxnRun",
            "lock != null && lock.token() == held.token()",
            "lock != null && lock.token() >= held.token()"));
    all.put(
        "L5 tries once and waits",
        new Patch("state/CommandRun", "order.once() && on.locks()", "!order.once() && on.locks()"));
  }

  private static void watches(Map<String, Patch> all) {
    all.put(
        "W1 goes on one index too far",
        new Patch(
            "runtime/AppliedFeed",
            "new Reader(Math.max(1, from), ",
            "new Reader(Math.max(1, from) + (from % 37 == 0 ? 1 : 0), "));
    all.put(
        "W2 marks progress before delivery",
        new Patch(
            "runtime/AppliedFeed",
            "return new Page(reader.items, reader.next);",
            "return new Page(reader.items, Math.max(reader.next, through + 1));"));
    all.put(
        "W3 loses what applying a slot did",
        new Patch(
            "runtime/Applier",
            "effects.add(new Write.Applied.Effect(slot, bytes));",
            "effects.size();"));
    all.put(
        "W4 shows the values of the other branch",
        new Patch(
            "state/Effects",
            "done && !done.succeeded() ? FAILURE : SUCCESS",
            "done && done.succeeded() ? FAILURE : SUCCESS"));
    all.put(
        "W5 keeps a page of a list at the newest state",
        new Patch(
            "runtime/History",
            "return index == slot.after.index()",
            "return index >= slot.before.index() + 1"));
    all.put(
        "W6 trims what an open watch wants",
        new Patch(
            "runtime/Snapshotter",
            "Math.min(neededFromIndex, followedFromIndex.getAsLong())",
            "neededFromIndex"));
  }

  /** Only some nodes do it, and no pair changes by it. */
  private static void divergence(Map<String, Patch> all) {
    String onSome = "System.identityHashCode(on) % 3 == 0";
    all.put(
        "D1 ends silent sessions on some nodes only",
        new Patch(
            "state/CommandRun",
            "session != null && session.renewIndex() == judged.renewIndex()",
            onSome + " && session != null && session.renewIndex() == judged.renewIndex()"));
    all.put(
        "D2 answers something else on some nodes",
        new Patch(
            "state/CommandRun",
            "new Result.Effect(new Reply.Released(lock.token()))",
            "new Result.Effect(new Reply.Released(" + onSome + " ? 0 : lock.token()))"));
    all.put(
        "D3 forgets acknowledged answers on some nodes only",
        new Patch(
            "state/CommandRun",
            "on.acknowledge(session, Math.min(entry.ackedBelow(), entry.sequence()))",
            "on.acknowledge(session, " + onSome + " ? 0 : entry.ackedBelow())"));
  }

  private static void snapshots(Map<String, Patch> all) {
    all.put(
        "M9 leaves sessions out of the snapshot",
        new Patch(
            "state/StateWriter",
            "state.table().byId().values().iterator(),",
            "List.<Session>of().iterator(),"));
    all.put(
        "M10 trims before the snapshot is durable",
        new Patch(
                "runtime/Snapshotter",
                "      outcome = write(state);\n",
                "      ports.journal().trim(new Retention(neededFromIndex, settings.keepBytes(),"
                    + " settings.bytesMax()));\n      outcome = write(state);\n")
            .and(
                "storage/DurableJournal",
                "archive.trim(snapshots.newest().slot() + 1, keep);",
                "archive.trim(index.applied() + 1, keep);"));
    all.put(
        "N1 carries no promise into its next file",
        new Patch("storage/Carried", "if (!promised.isNone()) {", "if (promised.isNone()) {")
            .and(
                "storage/DurableJournal",
                "            carried.promised(), tail.oldest()",
                "            io.synod.paxos.Ballot.NONE, tail.oldest()"));
    all.put(
        "N2 drops what it accepted above a snapshot",
        new Patch(
            "storage/TailIndex", "    slots.headMap(slot, true).clear();", "    slots.clear();"));
    all.put(
        "N3 installs an older snapshot over a newer state",
        new Patch(
                "runtime/Cycle",
                "if (mark.slot() > applier.state().slot()) {",
                "if (mark.slot() > 0) {")
            .and(
                "runtime/Pulls",
                "boolean late = current.slot() > 0 &&",
                "boolean late = false &&"));
    all.put(
        "N4 leaves requests out of the snapshot",
        new Patch(
            "state/StateWriter",
            "state.rest().requests().byIndex().values().iterator());",
            "List.<String>of().iterator());"));
    all.put(
        "N5 counts commands on from before the snapshot",
        new Patch("paxos/Learner", "    commands = installed.commands();", ""));
  }
}

package io.synod.sim.mutant;

import io.synod.sim.run.FaultProfile;
import java.util.Map;

/** Deliberate bugs in the limits of the state, and in what must work when they are reached. */
final class SessionMutants {
  private SessionMutants() {}

  static void add(Map<String, SourceMutant> all) {
    own(all);
    freeing(all);
    limits(all);
    windows(all);
  }

  private static void own(Map<String, SourceMutant> all) {
    all.put(
        "O1 counts a sidecar's own session among those of callers",
        new SourceMutant(
            "state/SessionTable",
            "return byUse.size() >= limits.sessionsMax() && byUse.first().kept();",
            "return byId.size() >= limits.sessionsMax()"
                + " && (byUse.isEmpty() || byUse.first().kept());"));
    all.put(
        "O3 lets a late copy end a sidecar's own session",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "last != null && entry.ackedBelow() < last.id()",
            "last == null && entry.ackedBelow() < 0"));
    all.put(
        "O4 keeps every own session of a sidecar",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "    if (last != null) {\n      on.end(last);\n    }\n",
            ""));
  }

  private static void freeing(Map<String, SourceMutant> all) {
    all.put(
        "O5 expires sessions only while there is room for another",
        new SourceMutant(
            "state/apply/SessionlessRun",
            "    for (SystemCommands.Expire.Judged judged : order.sessions()) {",
            "    if (on.isFull()) { return new Result.TooManySessions(1); }"
                + " for (SystemCommands.Expire.Judged judged : order.sessions()) {"));
  }

  private static void limits(Map<String, SourceMutant> all) {
    all.put(
        "O8 evicts the oldest session instead of the one used longest ago",
        new SourceMutant(
            "state/SessionTable",
            "new EvictionKey(session.ttlMillis() > 0, session.usedIndex(), session.id());",
            "new EvictionKey(session.ttlMillis() > 0, session.id(), session.id());"));
    all.put(
        "O9 opens any number of sessions that are kept",
        new SourceMutant(
            "state/SessionTable",
            "return byUse.size() >= limits.sessionsMax() && byUse.first().kept();",
            "return byUse.size() < 0;"));
    all.put(
        "O10 opens one session too many",
        new SourceMutant(
            "state/SessionTable",
            "byUse.size() <= limits.sessionsMax()",
            "byUse.size() <= limits.sessionsMax() + 1"));
    all.put(
        "O11 lets any number of pairs expire at once",
        new SourceMutant(
                "state/apply/SessionlessRun",
                "due.size() >= on.limits().expiriesMax()",
                "due.size() < 0")
            .in(FaultProfile::expiresFewAtOnce));
    all.put(
        "O12 lets a session use any sequence",
        new SourceMutant(
            "state/apply/CommandRun",
            "sequence - acked >= aheadMax ?",
            "sequence - acked >= 4L * aheadMax ?"));
    all.put(
        "O13 takes the copy of what was too far ahead",
        new SourceMutant(
            "state/apply/CommandRun",
            "long acked = Math.max(1, Math.min(entry.ackedBelow(), sequence));",
            "long acked ="
                + " Math.max(session.ackedBelow(), Math.min(entry.ackedBelow(), sequence));"));
  }

  private static void windows(Map<String, SourceMutant> all) {
    all.put(
        "O18 forgets a request by its answer's bytes alone",
        new SourceMutant(
                "state/Requests", "bytes + ENTRY_BYTES * byId.size()", "bytes + 64L * byId.size()")
            .in(FaultProfile::remembersFewRequestBytes));
    all.put(
        "O19 takes one consumer too many",
        new SourceMutant("state/Consumers", "byName.size() >= max", "byName.size() > max"));
    all.put(
        "O14 forgets a request too early",
        new SourceMutant(
            "state/apply/Execution",
            "                .after(mark.index(), millis, before.limits().requests())",
            "                .after(mark.index(), millis, new Limits.Window(20, 1, 1 << 20))"));
    all.put(
        "O15 forgets by number alone what opened a session",
        new SourceMutant(
            "state/Requests",
            "Math.max(floor, Math.min(byTime, index - window.commands()));",
            "Math.max(floor, index - window.commands());"));
    all.put(
        "O16 opens a session by a copy that comes too late",
        new SourceMutant(
            "state/Requests", "return createdAtIndex < floor;", "return createdAtIndex < 0;"));
    all.put(
        "O17 leaves what opened sessions out of the snapshot",
        new SourceMutant(
            "state/StateWriter",
            "answers(OPENING, state.rest().requestMemory().openings()));",
            "List.<Named>of().iterator());"));
  }
}

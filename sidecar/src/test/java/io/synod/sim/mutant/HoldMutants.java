package io.synod.sim.mutant;

import java.util.Map;

/** Deliberate bugs in holds and kept sessions. */
final class HoldMutants {
  private static final String SESSION = "runtime/hold/HoldSession";
  private static final String CLOSER = "runtime/hold/SessionCloser";
  private static final String OWNED = "runtime/hold/OwnedHold";
  private static final String KEPT = "runtime/hold/KeptSessions";

  private HoldMutants() {}

  static void add(Map<String, SourceMutant> all) {
    validity(all);
    ends(all);
    keeping(all);
  }

  private static SourceMutant holding(String file, String before, String after) {
    return new SourceMutant(file, before, after).in(profile -> profile.holders > 0);
  }

  private static void validity(Map<String, SourceMutant> all) {
    all.put(
        "K1 counts the validity of a hold from the receipt of the answer",
        holding(
            SESSION,
            "opened(applied.index(), sentNanos);",
            "opened(applied.index(), parts.commands().nanos());"));
    all.put(
        "K2 grants the lock to the second in the queue",
        holding(OWNED, "} else if (place > 0) {", "} else if (place > 1) {"));
  }

  private static void ends(Map<String, SourceMutant> all) {
    all.put(
        "K3 gives back without waiting for the close to be logged",
        holding(
            CLOSER,
            "          if (closed) {\n            effort.then()",
            "          if (closed || outcome != null) {\n            effort.then()"));
    all.put(
        "K4 gives a hold back untold while its stream is slow",
        holding(
            OWNED,
            "      owner.onUpdate(update);",
            "      if (owner.isReady()) owner.onUpdate(update);"));
    all.put(
        "K5 takes a hold of unknown outcome for gone",
        holding(
            SESSION,
            "parts.closer().findAndClose(newEntry, unknown, ttl, over::complete);",
            "over.complete(End.NO_SESSION);"));
    all.put(
        "K6 leaves open what is opened after its hold was released",
        holding(
            SESSION,
            "    parts.closer().close(id, ttl, over::complete);",
            "    over.complete(End.NO_SESSION);"));
  }

  private static void keeping(Map<String, SourceMutant> all) {
    all.put(
        "K7 answers a renewal though the session ended",
        new SourceMutant(KEPT, "keeping != null && !keeping.session().isOver()", "keeping != null")
            .in(profile -> profile.holders > 0));
    all.put(
        "K8 keeps sessions for a stream that is gone",
        new SourceMutant(
            KEPT, "    kept.values().forEach(keeping -> keeping.session().close());\n", ""));
  }
}

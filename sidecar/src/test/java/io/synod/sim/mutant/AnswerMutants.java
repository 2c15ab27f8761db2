package io.synod.sim.mutant;

import java.util.Map;

/** Deliberate bugs in answers to callers, repetitions and reads. */
final class AnswerMutants {
  private AnswerMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "A1 tells the applied index for the chosen one",
        new SourceMutant(
            "runtime/read/BufferedAppliedLog",
            "return Math.max(appliedIndex, reportedIndex);",
            "return appliedIndex;"));
    all.put(
        "A2 tells a chosen index below one that it told before",
        new SourceMutant(
            "paxos/ReportedLog", "index = Math.max(index, lastIndex);", "index = lastIndex;"));
    all.put(
        "A3 takes what another attempt did for its own",
        new SourceMutant("runtime/node/OutcomeMapping", "entry.attempt() != attempt,", "false,"));
    all.put(
        "A4 takes every answer from memory for another attempt's",
        new SourceMutant("runtime/node/OutcomeMapping", "repetition.attempt() != attempt,", "true,")
            .in(profile -> profile.duel));
    all.put(
        "A5 serves a session read before it has caught up",
        new SourceMutant(
            "runtime/read/PendingReads",
            "return here.view().freshAtNanos() >= startedAtNanos;",
            "return true;"));
    all.put(
        "A6 serves a bounded read that is too old",
        new SourceMutant(
            "runtime/read/PendingRead", "staleness <= request.maxStalenessNanos()", "true"));
    all.put(
        "A7 gives up no read before a clock that began below zero reaches zero",
        new SourceMutant(
            "runtime/read/PendingReads", "sweepAtNanos = Long.MIN_VALUE;", "sweepAtNanos;"));
  }
}

package io.synod.sim;

import java.util.Map;

/** Deliberate bugs in what callers are told of the log, of repetitions and of reads. */
final class AnswersPatches {
  private AnswersPatches() {}

  static void add(Map<String, Patch> all) {
    all.put(
        "A1 tells the applied index for the chosen one",
        new Patch(
            "runtime/read/AppliedFeed",
            "return Math.max(appliedIndex, heardIndex);",
            "return appliedIndex;"));
    all.put(
        "A2 tells a chosen index below one that it told before",
        new Patch(
            "paxos/Learner", "heardIndex = Math.max(heardIndex, index);", "heardIndex = index;"));
    all.put(
        "A3 takes what another attempt did for its own",
        new Patch("runtime/node/Outcomes", "entry.attempt() != attempt,", "false,"));
    all.put(
        "A4 takes every answer from memory for another attempt's",
        new Patch("runtime/node/Outcomes", "repetition.attempt() != attempt,", "true,"));
    all.put(
        "A5 serves a session read before it has caught up",
        new Patch(
            "runtime/read/Reads",
            "return here.view().freshAtNanos() >= bornAtNanos;",
            "return true;"));
    all.put(
        "A6 serves a bounded read that is too old",
        new Patch("runtime/read/WaitingRead", "staleness <= wish.maxStalenessNanos()", "true"));
  }
}

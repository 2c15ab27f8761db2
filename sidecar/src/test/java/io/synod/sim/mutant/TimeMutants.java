package io.synod.sim.mutant;

import java.util.Map;

/** Deliberate bugs in log time, by which a time to live is counted. */
final class TimeMutants {
  private static final String BEND =
      "micros += Math.max(-slew, Math.min(slew, micros(referenceMillis) - micros));";

  private TimeMutants() {}

  /**
   * A monotonic clock that is fast while its node follows. Without another bug it takes ten times
   * as many seeds to find, since each answer of the leader undoes the follower's gain.
   */
  private static SourceMutant fastFollower() {
    String next = "  /** Advances it while this node leads. */\n";
    String fast =
        """
          void advanceFast(long nowNanos) {
            long passed = passed(nowNanos);
            micros += passed + passed / 25;
          }
        """;
    String follow =
        """
              if (role.leader().isNone()) {
                logTime.advanceAsFollower(nowNanos);
              } else {
                logTime.advanceFast(nowNanos);
              }
        """;
    return new SourceMutant("paxos/LogTime", next, fast + next)
        .and("paxos/Clocks", "      logTime.advanceAsFollower(nowNanos);\n", follow);
  }

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "E6 lets log time stand behind a clock that was fast",
        new SourceMutant("paxos/LogTime", "Math.max(-slew,", "Math.max(-passed,")
            .and("paxos/LogTime", "    micros += passed - passed / SLEW_ONE_IN;\n", ""));
    all.put(
        "T1 follows the leader's wall clock ahead",
        new SourceMutant(
                "paxos/LogTime", BEND, "micros = Math.max(micros, micros(referenceMillis));")
            .and(
                "paxos/Clocks",
                "logTime.advanceAsLeader(nowNanos, reference);",
                "logTime.advanceAsLeader(nowNanos, wallMillis);"));
    all.put(
        "T2 begins at a new leader's wall clock",
        new SourceMutant(
            "paxos/Clocks",
            "logTime.start(reference, nowNanos);",
            "logTime.start(wallMillis, nowNanos);"));
    all.put(
        "T3 takes a follower's wall clock for log time",
        new SourceMutant(
            "paxos/Clocks",
            "      logTime.advanceAsFollower(nowNanos);",
            "      logTime.advanceTo(wallMillis, nowNanos);"));
    all.put(
        "T4 is bound by the fastest clock instead of a majority's",
        new SourceMutant(
            "paxos/Connectivity",
            "return clocks[count - membership.quorum()];",
            "return clocks[count - 1];"));
    all.put(
        "T5 jumps to where a majority's clocks were set",
        new SourceMutant(
            "paxos/LogTime", BEND, "micros = Math.max(micros, micros(referenceMillis));"));
    all.put(
        "T6 does not go on from the log time of those who follow",
        new SourceMutant(
            "paxos/Clocks",
            "reportedMillis == Message.Times.UNKNOWN",
            "reportedMillis >= Message.Times.UNKNOWN"));
    all.put(
        "T7 stands still with the wall clocks of a majority",
        new SourceMutant("paxos/LogTime", "Math.max(-slew,", "Math.max(-passed,"));
    all.put(
        "T8 follows a follower whose clock is fast",
        fastFollower().and("paxos/Clocks", "timekeeper.isNone()", "!ack.leading()"));
    all.put(
        "T9 lets a follower whose clock is fast lead with what it gained",
        fastFollower()
            .and(
                "paxos/Clocks",
                "reportedMillis + (nowNanos - sentAtNanos) / NANOS_PER_MILLI + 1",
                "Long.MAX_VALUE"));
  }
}

package io.synod.sim.mutant;

import io.synod.sim.run.FaultProfile;
import java.util.Map;

/**
 * Deliberate bugs in resending, which show on links of limited bandwidth, and in how a node takes a
 * refused connection.
 */
final class LinkMutants {
  private LinkMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "R1 sends again at a fixed pace",
        new SourceMutant(
                "paxos/ResendBackoff",
                """
                    nanos = Math.min(maxNanos, 2 * nanos);
                  }

                  /** An answer came this long after its request was first sent. */
                  public void onReply(long roundTripNanos) {
                """,
                """
                  }

                  public void onReply(long roundTripNanos) {
                    roundTripNanos = 0;
                """)
            .in(FaultProfile::hasNarrowLinks));
    all.put(
        "R2 forgets with each answer how long answers take",
        new SourceMutant(
                "paxos/ResendBackoff",
                "usualNanos = Math.max(minNanos, Math",
                "usualNanos = Math.min(minNanos, Math")
            .in(FaultProfile::hasNarrowLinks));
    all.put(
        "R4 lets any number of bytes wait for a peer",
        new SourceMutant(
                "transport/PeerQueue", "if (with > bytesMax", "if (with < 0 && with > bytesMax")
            .in(FaultProfile::hasNarrowLinks));
    all.put(
        "R5 proposes again what still waits for its turn",
        new SourceMutant(
                "runtime/propose/PendingProposals",
                "backoff.usualNanos(waiter.times)",
                "backoff.minNanos() << (Math.min(waiter.times, 6) - 1)")
            .in(FaultProfile::hasNarrowLinks));
    all.put(
        "V1 waits for the time-out though the process of the leader ended",
        new SourceMutant(
            "paxos/Follower", "if (peer != awaited.node() || awaitedEnded) {", "if (peer != 0) {"));
  }
}

package io.synod.sim.mutant;

import io.synod.sim.run.FaultKind;
import io.synod.sim.run.FaultProfile;
import java.util.Map;

/** Deliberate bugs in how a node counts agreement, votes and reachable peers. */
final class QuorumMutants {
  private QuorumMutants() {}

  static void add(Map<String, SourceMutant> all) {
    all.put(
        "C1 takes half of an even number of voters for a quorum",
        new SourceMutant(
                "paxos/value/Formation", "return voters / 2 + 1;", "return (voters + 1) / 2;")
            .in(profile -> profile.voters % 2 == 0));
    all.put(
        "C2 takes the answer to a heartbeat that it has forgotten for one to a later heartbeat",
        new SourceMutant(
                "paxos/Connectivity", "Math.max(firstId, nextId - sentAtNanos.length)", "firstId")
            .in(FaultProfile::remembersFewHeartbeats));
    all.put(
        "Q1 stops snapshots as long as anybody differs",
        new SourceMutant(
            "runtime/snapshot/SnapshotService",
            "        divergenceDetector.attested(),",
            "divergenceDetector.hasDiverged() ? 0 : divergenceDetector.attested(),"));
    all.put(
        "Q2 does not count itself among those that agree",
        new SourceMutant(
            "runtime/upkeep/QuorumDigest",
            "if (membership.isVoter(self.member())) {",
            "if (false) {"));
    all.put(
        "Q6 takes a snapshot of what no quorum is known to have",
        new SourceMutant(
            "runtime/snapshot/Snapshotter",
            "chosen != null && chosen.slot() <= attestedSlot",
            "chosen != null"));
    all.put(
        "Q7 gives no snapshot while a peer differs",
        new SourceMutant(
            "runtime/snapshot/SnapshotService",
            "message instanceof Message.SnapshotAsk ask) {",
            "message instanceof Message.SnapshotAsk ask && !divergenceDetector.hasDiverged()) {"));
    all.put(
        "Q8 counts those that have a state one short of a quorum",
        new SourceMutant(
            "runtime/upkeep/QuorumDigest",
            "through[voters - membership.quorum()]",
            "through[Math.min(voters - 1, voters - membership.quorum() + 1)]"));
    all.put(
        "Q3 counts its own vote though its disk was lost",
        new SourceMutant(
            "paxos/Electorate",
            "if (membership.isVoter(member)) {",
            "if (voter == self.node() || membership.isVoter(member)) {"));
    all.put(
        "Q4 takes whoever is configured for a voter",
        new SourceMutant("paxos/Electorate", ": View.Vote.LOST", ": View.Vote.HELD"));
    all.put(
        "Q5 says that only a leader is missing where a quorum is",
        new SourceMutant(
            "runtime/node/Availability", "if (!reaches) {", "if (voters.isEmpty()) {"));
    all.put(
        "Q9 says that a candidate is served through a peer",
        new SourceMutant(
            "paxos/Electorate", "int relay = relayed ?", "int relay = role.leader().isNone() ?"));
    wrongStates(all);
  }

  /** Adds mutants of a node whose state is that of no quorum. */
  private static void wrongStates(Map<String, SourceMutant> all) {
    all.put(
        "Q10 leaves quarantine without having taken the state anew",
        new SourceMutant(
                "runtime/upkeep/Quarantine",
                "if (!checking || slot < renewedSlot) {",
                "if (!active) {")
            .in(profile -> profile.has(FaultKind.ALTERED_STATE)));
    all.put(
        "Q11 takes the state anew from a peer whose state no quorum has",
        new SourceMutant(
                "runtime/snapshot/SnapshotSources",
                "return quarantine.isAttested(peer, appliedSlot.getAsLong());",
                "return true;")
            .and(
                "runtime/snapshot/SnapshotSources",
                "return quarantine.isAttested(peer, mark);",
                "return true;")
            .in(
                profile ->
                    profile.has(FaultKind.ALTERED_STATE)
                        && (profile.learners > 0 || profile.voters > 4)));
  }
}

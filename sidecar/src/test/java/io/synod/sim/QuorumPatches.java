package io.synod.sim;

import java.util.Map;

/** Deliberate bugs in what a node concludes from who agrees, who may vote and who is reachable. */
final class QuorumPatches {
  private QuorumPatches() {}

  static void add(Map<String, Patch> all) {
    all.put(
        "Q1 stops snapshots as long as anybody differs",
        new Patch("runtime/Digests", "doubtful = agreeing < formed.quorum();", "doubtful = true;"));
    all.put(
        "Q2 does not count itself among those that agree",
        new Patch(
            "runtime/Digests",
            "formed.isVoter(self.node(), self.incarnation()) ? 1 : 0",
            "formed.isVoter(self.node(), self.incarnation()) ? 0 : 0"));
    all.put(
        "Q3 counts its own vote though its disk was lost",
        new Patch(
            "paxos/Electorate",
            "return formation.isVoter(voter, incarnation) ?",
            "return voter == self.node() || formation.isVoter(voter, incarnation) ?"));
    all.put(
        "Q4 takes whoever is configured for a voter",
        new Patch(
            "paxos/Electorate",
            "? View.Vote.HELD : View.Vote.LOST",
            "? View.Vote.HELD : View.Vote.HELD"));
    all.put(
        "Q5 says that only a leader is missing where a quorum is",
        new Patch("runtime/Availability", "if (!reaches) {", "if (voters.isEmpty()) {"));
  }
}

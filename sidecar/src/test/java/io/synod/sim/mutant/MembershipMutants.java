package io.synod.sim.mutant;

import io.synod.sim.run.FaultKind;
import java.util.Map;

/** Deliberate bugs in how memberships are changed. */
final class MembershipMutants {
  private MembershipMutants() {}

  static void add(Map<String, SourceMutant> all) {
    lostDisk(all, "J1 governs at once", "paxos/value/Memberships", "slot + distance;", "slot + 1;");
    lostDisk(
        all,
        "J2 counts votes by node",
        "paxos/VoterCount",
        "if (membership.isVoter(member)) {",
        "if (membership.hasNode(member.node())) {");
    lostDisk(
        all,
        "J3 never replaces a lost disk",
        "paxos/DiskReplacement",
        "if (ready && ",
        "if (false && ready && ");
    lostDisk(
        all,
        "J4 proposes further than a membership may be away",
        "paxos/Leader",
        "nextSlot <= learner.chosenThrough() + roleContext.settings().membershipDistance()",
        "nextSlot > 0");
    lostDisk(
        all,
        "J5 leaves memberships out of the snapshot",
        "state/StateWriter",
        ".payload(state.memberships())",
        ".payload(io.synod.state.encoding.Payload.EMPTY)");
    lostDisk(
        all,
        "J6 fills no slots while a change waits",
        "paxos/Leader",
        "if (queue.isEmpty() && nextSlot <",
        "if (queue.isEmpty() && nextSlot < 0 && nextSlot <");
  }

  /** Adds a mutant that can show where disks are lost. */
  private static void lostDisk(
      Map<String, SourceMutant> all, String name, String file, String before, String after) {
    all.put(name, new SourceMutant(file, before, after).in(profile -> profile.has(FaultKind.WIPE)));
  }
}

package io.synod.sim.check.core;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Recovered;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks I15: the formation consists of exactly the configured voters, each with a disk that it
 * had. Every later quorum is counted by it.
 */
public final class TrueFormation implements Checker {
  private final Set<Integer> voters;
  private final Set<Disk> disks = new HashSet<>();

  private record Disk(int node, long incarnation) {}

  /** Creates a checker for these configured voters. */
  public TrueFormation(Set<Integer> voters) {
    this.voters = new TreeSet<>(voters);
  }

  @Override
  public void began(ObservedNode observedNode, Recovered found) {
    disks.add(new Disk(observedNode.node(), observedNode.incarnation()));
  }

  @Override
  public void happened(ObservedNode observedNode, Event event) {
    if (event instanceof Event.Formed formed) {
      Map<Integer, Long> announced = formed.formation().voters();
      boolean known =
          announced.entrySet().stream()
              .allMatch(voter -> disks.contains(new Disk(voter.getKey(), voter.getValue())));
      if (!announced.keySet().equals(voters) || !known) {
        throw new Violation(
            "I15", "node " + observedNode.node() + " takes " + announced + " for the voters");
      }
    }
  }
}

package io.synod.storage.journal;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.storage.tail.SampleWrites;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random writes in an order that a replica could produce. */
final class RandomWrites {
  private final Random random;
  private long round = 1;
  private long accepted;
  private long applied;
  private boolean agreed;

  RandomWrites(long seed) {
    this.random = new Random(seed);
  }

  /** The writes of one cycle. */
  List<Write> cycle() {
    List<Write> writes = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      writes.add(next());
    }
    return writes;
  }

  private Write next() {
    int dice = random.nextInt(20);
    if (dice == 0) {
      round += 1 + random.nextInt(3);
      return new Write.Promised(SampleWrites.ballot(round));
    } else if (dice == 1 && !agreed) {
      agreed = true;
      return new Write.Agreed(SampleWrites.FORMATION);
    } else if (dice == 2 && agreed) {
      return new Write.Formed();
    } else if (dice < 9 && applied < accepted) {
      return applied();
    } else if (dice == 9 && applied < accepted) {
      // A new leader proposes an open slot again.
      round++;
      return new Write.Accepted(proposal(applied + 1));
    } else if (dice == 10) {
      accepted++;
      return new Write.Learned(proposal(accepted));
    }
    accepted++;
    return new Write.Accepted(proposal(accepted));
  }

  private Write applied() {
    long first = applied + 1;
    applied += 1 + random.nextInt((int) Math.min(5, accepted - applied));
    boolean effects = random.nextInt(5) == 0;
    return new Write.Applied(applied, effects ? List.of(SampleWrites.effect(first)) : List.of());
  }

  private Proposal proposal(long slot) {
    int commands = random.nextInt(4);
    int bytes = random.nextInt(10) == 0 ? 3000 : random.nextInt(300);
    Batch batch = SampleWrites.batch(slot, round, commands, bytes);
    return new Proposal(slot, SampleWrites.ballot(round), batch);
  }
}

package io.synod.paxos;

import io.synod.paxos.value.ArchivedState;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Recovered;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node of the cluster as a deterministic state machine: call {@link #step} for each input, then
 * {@link #drain} once.
 *
 * <p>It is {@link Unformed} until all voters have agreed on their disks, and a {@link
 * FormedReplica} from then on.
 */
public final class Replica {
  private final ReplicaParts parts;
  private ReplicaPhase phase;

  /**
   * Creates a replica from the durable state of its disk.
   *
   * @param random only determines random delays; seed it to reproduce a run
   */
  public Replica(
      Self self,
      Settings settings,
      RandomGenerator random,
      Recovered recovered,
      ArchivedState archived) {
    this.parts = new ReplicaParts(self, settings, random, recovered, archived);
    this.phase = new Unformed(parts);
  }

  /** Handles one input at this monotonic time. */
  public void step(long nowNanos, Input input) {
    if (input instanceof Input.Tick tick) {
      phase.readClocks(nowNanos, tick);
      parts.slots.trim(parts.learner.chosenThrough(), parts.settings.recentBytesMax());
      form(nowNanos);
      phase.tick(nowNanos);
      form(nowNanos);
    } else if (input instanceof Input.Received received) {
      phase.onMessage(nowNanos, received);
      form(nowNanos);
    } else if (input instanceof Input.Installed installed) {
      if (installed.slot() > parts.learner.chosenThrough()) {
        parts.learner.onInstalled(installed);
        phase.onInstalled(nowNanos, installed.slot());
      }
    } else if (input instanceof Input.Full log) {
      parts.connectivity.setFull(log.full());
    } else {
      phase.onInput(nowNanos, input);
    }
  }

  /** Ends the cycle: returns the outputs of the inputs since the last call. */
  public Output drain(long nowNanos) {
    long wake = Math.min(parts.heartbeats.nextSendAtNanos(), phase.endCycle(nowNanos));
    parts.acceptor.flush();
    parts.freshness.onLearned(parts.learner.chosenThrough());
    return parts.out.drain(Math.max(wake, nowNanos + 1));
  }

  /** The log time of a batch made now; a lower bound of it while this replica does not lead. */
  public long logTimeMillis() {
    return parts.learner.logTime().millis();
  }

  /** The view of this replica now, for observers. */
  public View view(long nowNanos) {
    return phase.view(nowNanos);
  }

  /** The current role; null until the cluster is formed. */
  @Nullable Role role() {
    return phase instanceof FormedReplica formed ? formed.role() : null;
  }

  /** The slots in memory. */
  Slots slots() {
    return parts.slots;
  }

  /** The learner of this replica. */
  Learner learner() {
    return parts.learner;
  }

  private void form(long nowNanos) {
    Formation formation = parts.bootstrap.formation();
    if (phase instanceof Unformed && formation != null) {
      parts.learner.memberships().onFormed(formation);
      FormedReplica replica = new FormedReplica(parts, formation, nowNanos);
      phase = replica;
      parts.out.event(new Event.Formed(formation, replica.isVoter()));
    }
  }
}

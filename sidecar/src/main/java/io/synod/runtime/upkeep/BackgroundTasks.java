package io.synod.runtime.upkeep;

import io.synod.paxos.Settings;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Memberships;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.hold.SessionRenewals;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.propose.SessionProposer;
import io.synod.runtime.propose.SingleProposal;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Progress;
import io.synod.runtime.turn.StateFollower;
import io.synod.runtime.turn.StoredMemberships;
import io.synod.runtime.turn.Turn;
import io.synod.state.State;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.result.Applied;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The background tasks of a node: it renews the sessions of applications here, acknowledges the
 * progress of their copies, and as the leader expires sessions and pairs. It has no thread and no
 * clock: the cycle turns it.
 */
public final class BackgroundTasks implements Participant, StateFollower {
  private final SessionRenewals sessionRenewals;
  private final ConsumerProgress consumerProgress;
  private final ExpiryProposer expiryProposer;
  private final DivergenceDetector divergenceDetector;
  private final Consumer<Boolean> quarantine;
  private final AtomicLong expiredSessions = new AtomicLong();
  private final AtomicLong expiredKeys = new AtomicLong();
  private State counted = State.EMPTY;
  private @Nullable Formation formation;
  private volatile State state = State.EMPTY;
  private boolean abstains;
  // Whether the replica was informed that this node must not lead.
  private boolean abstaining;

  /**
   * Creates the tasks of a node.
   *
   * @param callerLimits the limit of waiting acknowledgements
   * @param quarantine receives whether the state here is known to be wrong, when that changes
   */
  public BackgroundTasks(
      SessionProposer own,
      Settings settings,
      CallerLimits callerLimits,
      DivergenceDetector divergenceDetector,
      Consumer<Boolean> quarantine) {
    this.divergenceDetector = divergenceDetector;
    this.quarantine = quarantine;
    SingleProposal.ProposalTimes times = SingleProposal.ProposalTimes.of(settings);
    this.sessionRenewals = new SessionRenewals(own, times, () -> state);
    this.consumerProgress = new ConsumerProgress(own, callerLimits.pendingMax());
    this.expiryProposer = new ExpiryProposer(own, times, settings.electionTimeoutNanos());
  }

  /** The sessions that are kept alive here. */
  public SessionRenewals sessionRenewals() {
    return sessionRenewals;
  }

  /** The progress of consumers here. */
  public ConsumerProgress consumerProgress() {
    return consumerProgress;
  }

  /** The comparison of states with the peers. */
  public DivergenceDetector divergenceDetector() {
    return divergenceDetector;
  }

  /** How many sessions expired, as applied here. */
  public long expiredSessions() {
    return expiredSessions.get();
  }

  /** How many pairs expired, as applied here. */
  public long expiredKeys() {
    return expiredKeys.get();
  }

  @Override
  public boolean onInput(long nowNanos, Input input, List<Output.Envelope> answers) {
    if (input instanceof Input.Received received
        && received.message() instanceof Message.StateDigest digest) {
      divergenceDetector.onDigest(received, digest);
      return true;
    }
    return false;
  }

  @Override
  public void onEvent(Event event) {
    if (event instanceof Event.Formed formed) {
      formation = formed.formation();
      divergenceDetector.setFormation(formation.digest());
      observeMemberships();
    }
  }

  private void observeMemberships() {
    Formation formed = formation;
    if (formed == null) {
      return;
    }
    divergenceDetector.setMemberships(Memberships.of(formed, StoredMemberships.of(state)));
  }

  @Override
  public List<Output.Envelope> messagesAfterSync() {
    return divergenceDetector.messages();
  }

  @Override
  public List<Output.Envelope> onStalled(Progress progress, List<Input> inputs) {
    divergenceDetector.onStalled(progress.nowNanos(), inputs);
    applyVerdict();
    consumerProgress.expire(progress.nowNanos());
    return List.of();
  }

  /** Runs what is due, and informs the replica whether this node may lead. */
  @Override
  public List<Input> turn(Turn now) {
    divergenceDetector.turn(now.nanos());
    applyVerdict();
    consumerProgress.turn(now.nanos());
    if (!abstains) {
      sessionRenewals.turn(now.nanos());
      expiryProposer.turn(now, state);
    }
    boolean unfit = abstains || now.full();
    boolean changed = unfit || abstaining;
    abstaining = unfit;
    // Repeated, since it has no effect before the cluster is formed.
    return changed ? List.of(new Input.Abstain(unfit)) : List.of();
  }

  @Override
  public void stop(Progress progress) {
    consumerProgress.stop(progress.available());
  }

  private void applyVerdict() {
    boolean wrong = divergenceDetector.isQuarantined();
    if (wrong == abstains) {
      return;
    }
    abstains = wrong;
    if (wrong) {
      sessionRenewals.stopRenewing();
    } else {
      sessionRenewals.resume();
    }
    quarantine.accept(wrong);
  }

  /** At the end of a slot only: within it, differing states may still become equal. */
  @Override
  public void reached(long slot, long digest) {
    divergenceDetector.onApplied(slot, digest);
  }

  @Override
  public void applied(ChosenSlot slot, SlotResult slotResult, State after) {
    boolean changed = !state.memberships().equals(after.memberships());
    state = after;
    if (changed) {
      observeMemberships();
    }
    applyVerdict();
    List<Applied> commands = slotResult.applied();
    for (int i = 0; i < commands.size(); i++) {
      count(commands.get(i), slotResult.states().get(i));
    }
    if (!slotResult.ended().isEmpty()) {
      sessionRenewals.ended(slotResult.ended());
    }
  }

  @Override
  public void restored(State later) {
    state = later;
    counted = later;
    observeMemberships();
    divergenceDetector.restored(later.slot(), later.mark().digest());
  }

  private void count(Applied command, State after) {
    Entry entry = command.entry();
    State before = counted;
    counted = after;
    if (entry == null || before.index() + 1 != after.index()) {
      return;
    }
    if (entry.kind() == Entry.Kind.EXPIRE_SESSIONS) {
      expiredSessions.addAndGet(before.sessionCount() - after.sessionCount());
    } else if (entry.kind() == Entry.Kind.EXPIRE_KEYS) {
      expiredKeys.addAndGet(before.keyCount() - after.keyCount());
    }
  }
}

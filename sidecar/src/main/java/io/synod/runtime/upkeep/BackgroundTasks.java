package io.synod.runtime.upkeep;

import io.synod.paxos.Settings;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
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
import io.synod.runtime.turn.Turn;
import io.synod.state.State;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.result.Applied;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a node does of its own accord: it keeps the sessions of applications here, says how far
 * their copies of consumers are, and as the leader ends what nobody keeps. It has no thread and no
 * clock: the cycle turns it.
 */
public final class BackgroundTasks implements Participant, StateFollower {
  private final SessionRenewals sessionRenewals;
  private final ConsumerProgress consumerProgress;
  private final ExpiryProposer expiryProposer;
  private final DivergenceDetector divergenceDetector;
  private final Runnable quarantine;
  private final AtomicLong expiredSessions = new AtomicLong();
  private final AtomicLong expiredKeys = new AtomicLong();
  private State counted = State.EMPTY;
  private volatile State state = State.EMPTY;
  private boolean abstains;
  // Whether the replica was told that this node is not fit to lead.
  private boolean told;

  /**
   * The duties of a node.
   *
   * @param callerLimits how many may wait for an acknowledgement
   * @param quarantine ends what callers wait for, once the state here is not to be trusted
   */
  public BackgroundTasks(
      SessionProposer own,
      Settings settings,
      CallerLimits callerLimits,
      DivergenceDetector divergenceDetector,
      Runnable quarantine) {
    this.divergenceDetector = divergenceDetector;
    this.quarantine = quarantine;
    SingleProposal.ProposalTimes times = SingleProposal.ProposalTimes.of(settings);
    this.sessionRenewals = new SessionRenewals(own, times, () -> state);
    this.consumerProgress = new ConsumerProgress(own, callerLimits.pendingMax());
    this.expiryProposer = new ExpiryProposer(own, times, settings.electionTimeoutNanos());
  }

  /** The sessions that are kept here. */
  public SessionRenewals sessionRenewals() {
    return sessionRenewals;
  }

  /** What consumers here said. */
  public ConsumerProgress consumerProgress() {
    return consumerProgress;
  }

  /** Whether the peers have the same state. */
  public DivergenceDetector divergenceDetector() {
    return divergenceDetector;
  }

  /** How many sessions ended here because nobody kept them. */
  public long expiredSessions() {
    return expiredSessions.get();
  }

  /** How many pairs ended here because their time was over. */
  public long expiredKeys() {
    return expiredKeys.get();
  }

  @Override
  public boolean hear(long nowNanos, Input input, List<Output.Envelope> answers) {
    if (input instanceof Input.Received received
        && received.message() instanceof Message.StateDigest word) {
      divergenceDetector.heard(received, word);
      return true;
    }
    return false;
  }

  @Override
  public void noticed(Event event) {
    if (event instanceof Event.Formed formed) {
      divergenceDetector.formed(formed.formation());
    }
  }

  @Override
  public List<Output.Envelope> messages() {
    return divergenceDetector.messages();
  }

  @Override
  public List<Output.Envelope> stalled(Progress progress, List<Input> inputs) {
    divergenceDetector.listen(progress.nowNanos(), inputs);
    trust();
    consumerProgress.expire(progress.nowNanos());
    return List.of();
  }

  /** Does what is due, and tells the replica whether this node is fit to lead. */
  @Override
  public List<Input> turn(Turn now) {
    divergenceDetector.turn(now.nanos());
    trust();
    consumerProgress.turn(now.nanos());
    if (!abstains) {
      sessionRenewals.turn(now.nanos());
      expiryProposer.turn(now, state);
    }
    boolean unfit = abstains || now.full();
    boolean news = unfit || told;
    told = unfit;
    // Again and again, for it counts for nothing before the cluster is formed.
    return news ? List.of(new Input.Abstain(unfit)) : List.of();
  }

  private void trust() {
    if (divergenceDetector.isQuarantined() && !abstains) {
      abstains = true;
      sessionRenewals.distrust();
      quarantine.run();
    }
  }

  /** At the end of a slot only: within it, states that differ may still become the same. */
  @Override
  public void reached(long slot, long digest) {
    divergenceDetector.ended(slot, digest);
  }

  @Override
  public void applied(ChosenSlot slot, SlotResult slotResult, State after) {
    state = after;
    trust();
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

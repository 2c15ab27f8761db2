package io.synod.runtime.engine;

import io.synod.paxos.Settings;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.snapshot.LogReplay;
import io.synod.runtime.snapshot.StoredState;
import io.synod.runtime.turn.AppliedState;
import io.synod.runtime.turn.StateFollower;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies chosen slots in order, and then publishes them: the journal receives the effects before
 * any reader or caller sees a slot, since the feed may then read it from the journal.
 *
 * <p>While the state is known to be wrong, chosen slots stay in the journal, and are applied to the
 * state that replaces it.
 *
 * <p>{@link #state} may be called from any thread, the other methods by the loop's.
 */
final class Applier implements AppliedState {
  private final NodePorts ports;
  private final List<StateFollower> followers;
  private final Limits limits;
  private final int membershipDistance;
  private final Machine machine;
  private final int pageBytesMax;
  private final Postponement postponement;
  // The bytes of the chosen slots that are not applied, or more once a snapshot replaced some.
  private long postponedBytes;
  private long appliedBytes;
  private long chosenThrough;
  // The slots up to here were applied by an earlier process.
  private long recoveredThrough;

  /** Decides which chosen slots are applied. */
  @FunctionalInterface
  interface Postponement {
    /**
     * The last slot that may be applied, while so many slots are not, with batches of so many
     * bytes.
     */
    long appliesThrough(long slots, long bytes);
  }

  /**
   * Creates it with nothing applied.
   *
   * @param machine with nothing applied
   * @param settings for the distance of memberships, and the bytes of slots that are read from the
   *     journal at a time
   * @param followers in the order in which they are called
   * @param postponement postpones chosen slots while the state is wrong
   */
  Applier(
      NodePorts ports,
      Machine machine,
      Settings settings,
      List<StateFollower> followers,
      Postponement postponement) {
    this.membershipDistance = settings.membershipDistance();
    this.ports = ports;
    this.limits = machine.state().limits();
    this.followers = followers;
    this.pageBytesMax = settings.pageBytesMax();
    this.postponement = postponement;
    this.machine = machine;
  }

  @Override
  public State state() {
    return machine.state();
  }

  @Override
  public long appliedBytes() {
    return appliedBytes;
  }

  @Override
  public long chosenThrough() {
    return chosenThrough;
  }

  Machine machine() {
    return machine;
  }

  /** Starts from the newest snapshot, and applies the archived slots after it. */
  void recover(Recovered recovered) {
    recoveredThrough = recovered.chosenThrough();
    try (StoredSnapshot snapshot = ports.journal().snapshot()) {
      if (snapshot != null) {
        restore(StoredState.decode(snapshot, limits));
      }
    }
    replay(recovered.archivedThrough());
    chosenThrough = machine.appliedSlot();
  }

  @Override
  public void install(State later) {
    Check.that(
        later.slot() >= machine.appliedSlot(),
        "a snapshot does not take the state back",
        later.slot(),
        machine.appliedSlot());
    restore(later);
    chosenThrough = Math.max(chosenThrough, later.slot());
    followers.forEach(StateFollower::passedOver);
  }

  private void restore(State state) {
    machine.restore(state);
    followers.forEach(follower -> follower.restored(state));
  }

  private void replay(long through) {
    while (machine.appliedSlot() < through) {
      long from = machine.appliedSlot() + 1;
      List<ChosenSlot> page = ports.journal().read(from, through, pageBytesMax);
      if (page.isEmpty()) {
        throw new JournalException("the archive lacks slot " + from);
      }
      for (ChosenSlot slot : page) {
        show(slot, step(slot.proposal()));
      }
    }
  }

  /**
   * Applies chosen slots, and answers the callers that wait for them. After an interruption, it
   * applies one page of those that it left in the journal.
   */
  void apply(List<Chosen> chosen) {
    boolean consecutive = !isBehind();
    for (Chosen next : chosen) {
      chosenThrough = next.proposal().slot();
      postponedBytes += next.proposal().batch().size();
    }
    // What an earlier process applied is wrong on the disk too, and is replaced as a whole.
    boolean recovering = machine.appliedSlot() < recoveredThrough;
    long slots = chosenThrough - machine.appliedSlot();
    long through =
        recovering
            ? chosenThrough
            : Math.min(chosenThrough, postponement.appliesThrough(slots, postponedBytes));
    if (through > machine.appliedSlot()) {
      applyAll(consecutive ? through(through, chosen) : postponed(through));
    }
    postponedBytes = isBehind() ? postponedBytes : 0;
  }

  private List<Chosen> through(long last, List<Chosen> chosen) {
    return last == chosenThrough
        ? chosen
        : chosen.stream().takeWhile(next -> next.proposal().slot() <= last).toList();
  }

  private List<Chosen> postponed(long through) {
    List<Chosen> page = new ArrayList<>();
    long firstIndex = machine.appliedIndex() + 1;
    long from = machine.appliedSlot() + 1;
    for (Proposal proposal : ports.journal().unapplied(from, through, pageBytesMax)) {
      page.add(new Chosen(proposal, firstIndex, Chosen.How.RECOVERY));
      firstIndex += proposal.batch().count();
    }
    return page;
  }

  private void applyAll(List<Chosen> chosen) {
    List<SlotResult> slotResults = new ArrayList<>(chosen.size());
    List<Write.Applied.Effect> effects = new ArrayList<>();
    for (Chosen next : chosen) {
      long startNanos = ports.clock().nanos();
      long slot = next.proposal().slot();
      Check.that(
          next.firstIndex() == machine.appliedIndex() + 1,
          "the log and the state count the same commands",
          next.firstIndex(),
          machine.appliedIndex());
      SlotResult slotResult = step(next.proposal());
      postponedBytes -= next.proposal().batch().size();
      long spentNanos = ports.clock().nanos() - startNanos;
      ports
          .observer()
          .observe(new Observation.Applied(slot, slotResult.applied().size(), spentNanos));
      Bytes bytes = Bytes.of(slotResult.effects().bytes());
      if (!bytes.isEmpty()) {
        effects.add(new Write.Applied.Effect(slot, bytes));
      }
      slotResults.add(slotResult);
    }
    ports.journal().append(List.of(new Write.Applied(machine.appliedSlot(), effects)));
    for (int i = 0; i < slotResults.size(); i++) {
      Chosen next = chosen.get(i);
      Bytes bytes = Bytes.of(slotResults.get(i).effects().bytes());
      show(new ChosenSlot(next.proposal(), next.firstIndex(), bytes), slotResults.get(i));
    }
    followers.forEach(follower -> follower.shown(chosen, slotResults));
  }

  private SlotResult step(Proposal proposal) {
    SlotResult slotResult = LogReplay.apply(machine, proposal, membershipDistance);
    long digest = machine.state().mark().digest();
    followers.forEach(follower -> follower.reached(proposal.slot(), digest));
    return slotResult;
  }

  private void show(ChosenSlot slot, SlotResult slotResult) {
    appliedBytes += slot.proposal().batch().size();
    State after = machine.state();
    followers.forEach(follower -> follower.applied(slot, slotResult, after));
  }
}

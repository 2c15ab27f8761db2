package io.synod.runtime.engine;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Proposal;
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
 * <p>{@link #state} may be called from any thread, the other methods by the loop's.
 */
final class Applier implements AppliedState {
  private final NodePorts ports;
  private final List<StateFollower> followers;
  private final Limits limits;
  private final Machine machine;
  private long appliedBytes;

  /**
   * Creates it with nothing applied.
   *
   * @param supportedLevel the highest level that this node supports
   * @param followers in the order in which they are called
   */
  Applier(NodePorts ports, Limits limits, int supportedLevel, List<StateFollower> followers) {
    this.ports = ports;
    this.limits = limits;
    this.followers = followers;
    this.machine = new Machine(State.empty(limits), supportedLevel);
  }

  @Override
  public State state() {
    return machine.state();
  }

  @Override
  public long appliedBytes() {
    return appliedBytes;
  }

  /** Starts from the newest snapshot, and applies the slots that the journal holds after it. */
  void recover(long through, int pageBytesMax) {
    try (StoredSnapshot snapshot = ports.journal().snapshot()) {
      if (snapshot != null) {
        restore(StoredState.decode(snapshot, limits));
      }
    }
    replay(through, pageBytesMax);
  }

  @Override
  public void install(State later) {
    Check.that(
        later.slot() > machine.appliedSlot(),
        "a snapshot takes the state forward",
        later.slot(),
        machine.appliedSlot());
    restore(later);
    followers.forEach(StateFollower::passedOver);
  }

  private void restore(State state) {
    machine.restore(state);
    followers.forEach(follower -> follower.restored(state));
  }

  private void replay(long through, int pageBytesMax) {
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

  /** Applies chosen slots, and answers the callers that wait for them. */
  void apply(List<Chosen> chosen) {
    if (chosen.isEmpty()) {
      return;
    }
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
    SlotResult slotResult = LogReplay.apply(machine, proposal);
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

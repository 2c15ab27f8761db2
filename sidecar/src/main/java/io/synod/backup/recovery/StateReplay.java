package io.synod.backup.recovery;

import io.synod.paxos.Settings;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.snapshot.LogReplay;
import io.synod.runtime.snapshot.StoredState;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.storage.offline.OfflineSlot;
import java.util.List;

/** Computes the state of a disk as a start does: from the newest snapshot, by replaying the log. */
final class StateReplay {
  private static final String REMEDY = "restore the newest backup";

  private final Survivor survivor;
  private final Machine machine = new Machine(State.empty(Limits.defaults()));

  private StateReplay(Survivor survivor) {
    this.survivor = survivor;
  }

  /**
   * The result of a replay.
   *
   * @param state after the recovered slots
   * @param memberships those that govern slots which are not known to be chosen; the oldest first
   */
  record Replayed(State state, List<Membership> memberships) {}

  /**
   * The state after the slots that the best disk has applied, and those that are recovered after
   * them.
   *
   * @throws RecoveryException if the disk is damaged
   * @throws io.synod.runtime.port.JournalException if its snapshot is damaged
   * @throws io.synod.state.encoding.LevelException if this version does not support the level
   */
  static Replayed of(Survivors survivors, MergedSlots slots) throws RecoveryException {
    StateReplay replay = new StateReplay(survivors.best());
    replay.loadSnapshot();
    replay.applyLog();
    long knownChosen = slots.knownChosen();
    State known = replay.machine.state();
    for (MergedSlots.MergedSlot slot : slots.recovered()) {
      replay.apply(slot.proposal());
      known = slot.slot() <= knownChosen ? replay.machine.state() : known;
    }
    return new Replayed(replay.machine.state(), survivors.memberships(known).from(knownChosen + 1));
  }

  private void loadSnapshot() throws RecoveryException {
    try (StoredSnapshot snapshot = survivor.directory().snapshots().openNewest()) {
      if (snapshot == null) {
        return;
      }
      machine.restore(StoredState.verified(snapshot, Limits.defaults()));
    }
  }

  private void applyLog() throws RecoveryException {
    long through = survivor.applied();
    survivor.visit(machine.appliedSlot() + 1, through, this::apply);
    if (machine.appliedSlot() < through) {
      throw damaged("the log lacks slot " + (machine.appliedSlot() + 1));
    }
    if (machine.appliedIndex() != survivor.appliedIndex()) {
      throw damaged("the log and the state count different commands");
    }
  }

  private void apply(OfflineSlot slot) throws RecoveryException {
    apply(slot.proposal());
  }

  private void apply(Proposal proposal) throws RecoveryException {
    if (proposal.slot() != machine.appliedSlot() + 1) {
      throw damaged("the log lacks slot " + (machine.appliedSlot() + 1));
    }
    var unused = LogReplay.apply(machine, proposal, Settings.MEMBERSHIP_DISTANCE);
  }

  private RecoveryException damaged(String fault) {
    return new RecoveryException(survivor.path() + " is damaged: " + fault + "; " + REMEDY);
  }
}

package io.synod.runtime.snapshot;

import io.synod.paxos.value.Command;
import io.synod.paxos.value.Proposal;
import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import java.util.ArrayList;
import java.util.List;

/** Applies the slots of a log to a state. */
public final class LogReplay {
  private LogReplay() {}

  /**
   * Applies the next slot.
   *
   * @throws io.synod.state.encoding.LevelException if this version does not support a level to
   *     which the slot raises the cluster
   */
  public static SlotResult apply(Machine machine, Proposal proposal) {
    List<byte[]> commands = new ArrayList<>(proposal.batch().count());
    for (Command command : proposal.batch().commands()) {
      commands.add(command.bytes());
    }
    return machine.apply(proposal.slot(), proposal.batch().logTimeMillis(), commands);
  }
}

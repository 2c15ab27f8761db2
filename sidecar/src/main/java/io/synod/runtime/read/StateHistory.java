package io.synod.runtime.read;

import io.synod.paxos.MemoryUse;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.turn.StateFollower;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The history of recent states, for pages of earlier lists and reads of the past. It keeps the
 * states at the ends of slots; one within a slot is computed by applying its commands to the state
 * before it. States share their structure, so each costs what it replaced: the history is bounded
 * in that, and in the number of commands it spans.
 *
 * <p>{@link #add} and {@link #restart} belong to the loop's thread, the other methods to any.
 */
public final class StateHistory implements StateFollower {
  private final int commandsMax;
  private final long bytesMax;
  // By the index of their last command; slots without commands are not in it.
  private final ConcurrentSkipListMap<Long, AppliedSlot> slots = new ConcurrentSkipListMap<>();
  private int commands;
  private long bytes;

  /** A slot that was applied. */
  private static final class AppliedSlot {
    private final State before;
    private final State after;
    // Null where the history begins.
    private final @Nullable Proposal proposal;
    // The memory that it retains.
    private final long bytes;
    // The states after its commands, once one of them was requested.
    private @Nullable List<State> within;

    private AppliedSlot(State before, State after, @Nullable Proposal proposal, long bytes) {
      this.before = before;
      this.after = after;
      this.proposal = proposal;
      this.bytes = bytes;
    }

    private int commands() {
      return proposal == null ? 1 : proposal.batch().count();
    }

    private long firstIndex() {
      return after.index() - commands() + 1;
    }

    /** Computed once, however many threads ask: it takes as long as applying the slot. */
    private synchronized List<State> within() {
      List<State> made = within;
      if (made == null) {
        Proposal applied = Objects.requireNonNull(proposal);
        Batch batch = applied.batch();
        if (batch.membership() != null) {
          return List.of();
        }
        List<byte[]> commands = new ArrayList<>(batch.count());
        for (Command command : batch.commands()) {
          commands.add(command.bytes());
        }
        // It was applied, so its level is supported.
        Machine machine = new Machine(before, Integer.MAX_VALUE);
        made = machine.apply(applied.slot(), batch.logTimeMillis(), commands).states();
        within = made;
      }
      return made;
    }
  }

  public StateHistory(int commandsMax, long bytesMax) {
    this.commandsMax = commandsMax;
    this.bytesMax = bytesMax;
    restart(State.EMPTY);
  }

  @Override
  public void restored(State state) {
    restart(state);
  }

  @Override
  public void applied(ChosenSlot slot, SlotResult slotResult, State after) {
    add(slotResult, slot.proposal());
  }

  /** A slot was applied. */
  public void add(SlotResult slotResult, Proposal proposal) {
    if (!proposal.batch().hasCommands()) {
      return;
    }
    // What was replaced is as large as what was written, and larger if the state shrank.
    long freed = Math.max(0, slotResult.before().bytes() - slotResult.after().bytes());
    long alive = proposal.batch().size() + freed;
    AppliedSlot added = new AppliedSlot(slotResult.before(), slotResult.after(), proposal, alive);
    slots.put(slotResult.after().index(), added);
    commands += added.commands();
    bytes += alive;
    while (slots.size() > 1 && (commands > commandsMax || bytes > bytesMax)) {
      AppliedSlot oldest = slots.pollFirstEntry().getValue();
      commands -= oldest.commands();
      bytes -= oldest.bytes;
    }
  }

  /** Drops all states but this one, which comes from a snapshot. */
  public void restart(State state) {
    slots.clear();
    AppliedSlot only = new AppliedSlot(state, state, null, 0);
    slots.put(state.index(), only);
    commands = only.commands();
    bytes = 0;
  }

  /** The state just after this command; null if it is not kept, or was not applied. */
  @Nullable
  public State at(long index) {
    Map.Entry<Long, AppliedSlot> found = slots.ceilingEntry(index);
    AppliedSlot slot = found == null ? null : found.getValue();
    if (slot == null || index < slot.firstIndex()) {
      return null;
    }
    return index == slot.after.index()
        ? slot.after
        : slot.within().get((int) (index - slot.firstIndex()));
  }

  /** The newest kept state at the end of a slot up to this one; null if there is none. */
  public @Nullable State through(long slot) {
    for (AppliedSlot newest : slots.descendingMap().values()) {
      if (newest.after.slot() <= slot) {
        return newest.after;
      }
    }
    return null;
  }

  /** How many commands it spans, and the memory that its slots retain, counted one by one. */
  public MemoryUse memoryUse() {
    long spanned = 0;
    long kept = 0;
    for (AppliedSlot slot : slots.values()) {
      spanned += slot.commands();
      kept += slot.bytes;
    }
    return new MemoryUse(spanned, kept);
  }

  /** How many slots have kept states. */
  public int slotCount() {
    return slots.size();
  }

  /** The first command whose state is kept. */
  public long oldestIndex() {
    Map.Entry<Long, AppliedSlot> oldest = slots.firstEntry();
    return oldest == null ? Long.MAX_VALUE : oldest.getValue().firstIndex();
  }
}

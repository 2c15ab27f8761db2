package io.synod.state.apply;

import io.synod.state.Level;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.encoding.Digest;
import io.synod.state.encoding.LevelException;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.StateCheck;
import io.synod.state.result.Applied;
import io.synod.state.result.Change;
import io.synod.state.result.Effects;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Applies the chosen slots in order: a deterministic function from a state and a slot to the next
 * state. It reads no clock; its time is log time, which never decreases. One thread applies; any
 * thread may read {@link #state}.
 */
public final class Machine {
  private final int supportedLevel;
  // Invariant: exactly the slots 1 to state.slot() were applied.
  private volatile State state;

  /** Begins with nothing applied. */
  public Machine() {
    this(State.EMPTY);
  }

  /** Begins with nothing applied, with these limits. */
  public Machine(Limits limits) {
    this(State.empty(limits));
  }

  /** Begins with {@code state}. */
  public Machine(State state) {
    this(state, Level.supported());
  }

  /** Begins with {@code state}, and supports levels up to this one. */
  public Machine(State state, int supportedLevel) {
    this.state = state;
    this.supportedLevel = supportedLevel;
  }

  /** The current state. */
  public State state() {
    return state;
  }

  /** Continues from another state, further on in the same log. */
  public void restore(State later) {
    requireSupport(later.level());
    StateCheck.that(
        later.slot() >= state.slot(),
        "a state is replaced by a later one",
        later.slot(),
        state.slot());
    StateCheck.that(
        later.index() >= state.index(),
        "a later state holds every command before it",
        later.index(),
        state.index());
    state = later;
  }

  /**
   * Applies the next slot, whose value is a membership.
   *
   * @param memberships those that were chosen since the cluster formed, encoded
   * @param lost the nodes whose disks it replaces: they hold no snapshot of a consumer any more
   */
  public SlotResult apply(long slot, long slotTimeMillis, Payload memberships, Set<Integer> lost) {
    SlotResult noOp = apply(slot, slotTimeMillis, List.of());
    State.Mark mark = state.mark();
    long digest = Digest.of(mark.digest(), memberships.bytes());
    State.Mark now = new State.Mark(slot, mark.index(), mark.logTimeMillis(), digest);
    state = state.withMemberships(memberships, lost).at(now);
    return new SlotResult(
        noOp.before(), state, noOp.applied(), noOp.effects(), noOp.states(), noOp.ended());
  }

  /**
   * Applies the next slot.
   *
   * @param commands the commands chosen for it, in order; none for a no-op
   * @throws LevelException if one raises the level above the supported one; then none is applied
   */
  public SlotResult apply(long slot, long slotTimeMillis, List<byte[]> commands) {
    State before = state;
    StateCheck.that(slot == before.slot() + 1, "slots are applied in order", slot, before.slot());
    State.Mark last = before.mark();
    long timeMillis = Math.max(last.logTimeMillis(), slotTimeMillis);
    long digest = Digest.with(Digest.with(last.digest(), slot), slotTimeMillis);
    State now = before;
    List<Applied> applied = new ArrayList<>(commands.size());
    List<List<Change>> changes = new ArrayList<>(commands.size());
    List<State> states = new ArrayList<>(commands.size());
    List<Long> ended = new ArrayList<>(0);
    for (byte[] command : commands) {
      digest = Digest.of(digest, command);
      State.Mark mark = new State.Mark(slot, now.index() + 1, timeMillis, digest);
      Execution execution = new Execution(now, mark);
      Entry entry = Entry.decode(command);
      Result result =
          entry == null ? new Result.Malformed() : new CommandRun(execution, mark).run(entry);
      digest = Fingerprint.of(execution.digest(digest), result);
      now = execution.state(mark);
      requireSupport(now.level());
      applied.add(new Applied(mark.index(), applied.size(), entry, result));
      changes.add(execution.changes());
      states.add(now);
      ended.addAll(execution.ended());
    }
    // A slot without commands has no effects to record.
    boolean behind = timeMillis > slotTimeMillis && !commands.isEmpty();
    byte[] effects = Effects.of(applied, changes, behind ? timeMillis : 0);
    digest = Fingerprint.of(Digest.of(digest, effects), now);
    StateCheck.that(
        now.index() == before.index() + commands.size(),
        "every command has its index",
        now.index(),
        before.index());
    now = now.at(new State.Mark(slot, now.index(), timeMillis, digest));
    if (!states.isEmpty()) {
      states.set(states.size() - 1, now);
    }
    state = now;
    return new SlotResult(before, now, applied, Payload.of(effects), states, ended);
  }

  private void requireSupport(int level) {
    if (level > supportedLevel) {
      throw LevelException.above(supportedLevel, level);
    }
  }

  /** The last applied slot. */
  public long appliedSlot() {
    return state.slot();
  }

  /** The index of the last applied command. */
  public long appliedIndex() {
    return state.index();
  }

  /** Log time of the last applied slot, in milliseconds since the epoch. */
  public long logTimeMillis() {
    return state.mark().logTimeMillis();
  }

  /**
   * A rolling digest of everything applied, its effects and answers: equal on all nodes at equal
   * slots.
   */
  public long digest() {
    return state.mark().digest();
  }

  /** How many sessions are open. */
  public int openSessions() {
    return state.sessionCount();
  }
}

package io.synod.runtime;

import io.synod.paxos.Load;
import io.synod.state.State;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest states, one for each command: what a page of an earlier list, or a read of the past,
 * is answered from. They share their structure, so each costs what it replaced: the history is
 * bounded in that, and in number.
 *
 * <p>{@link #add} and {@link #restart} belong to the loop's thread, the others to any.
 */
final class History {
  private final int statesMax;
  private final long bytesMax;
  private final ConcurrentSkipListMap<Long, State> states = new ConcurrentSkipListMap<>();
  private final Deque<Step> steps = new ArrayDeque<>();
  private State last = State.EMPTY;
  private int size;
  private long bytes;

  /** What one slot added: its states, and what they keep alive. */
  private record Step(int states, long bytes) {}

  History(int statesMax, long bytesMax) {
    this.statesMax = statesMax;
    this.bytesMax = bytesMax;
    restart(State.EMPTY);
  }

  /**
   * Takes the states after the commands of the next slot.
   *
   * @param commandBytes the size of those commands
   */
  void add(List<State> next, long commandBytes) {
    if (next.isEmpty()) {
      return;
    }
    for (State state : next) {
      states.put(state.index(), state);
    }
    State now = next.get(next.size() - 1);
    // What was replaced is as large as what came, and larger if the state shrank.
    Step step = new Step(next.size(), commandBytes + Math.max(0, last.bytes() - now.bytes()));
    last = now;
    steps.add(step);
    size += step.states();
    bytes += step.bytes();
    while (steps.size() > 1 && (size > statesMax || bytes > bytesMax)) {
      forget(steps.remove());
    }
  }

  private void forget(Step oldest) {
    for (int i = 0; i < oldest.states(); i++) {
      states.pollFirstEntry();
    }
    size -= oldest.states();
    bytes -= oldest.bytes();
  }

  /** Forgets all but this one, which comes from elsewhere. */
  void restart(State state) {
    states.clear();
    steps.clear();
    states.put(state.index(), state);
    steps.add(new Step(1, 0));
    last = state;
    size = 1;
    bytes = 0;
  }

  /** The state just after this command; null if it is not kept, or was not applied. */
  @Nullable State at(long index) {
    return states.get(index);
  }

  /** How many states are kept, and what their steps keep alive, counted one by one. */
  Load load() {
    long kept = 0;
    for (Step step : steps) {
      kept += step.bytes();
    }
    return new Load(states.size(), kept);
  }

  /** Of how many slots states are kept. */
  int slotCount() {
    return steps.size();
  }

  /** The first command whose state is kept. */
  long oldestIndex() {
    Map.Entry<Long, State> oldest = states.firstEntry();
    return oldest == null ? Long.MAX_VALUE : oldest.getKey();
  }
}

package io.synod.runtime;

import io.synod.state.State;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest states, one for each command: what a page of an earlier list, or a read of the past,
 * is answered from. They share their structure, so each costs little more than what it changed.
 *
 * <p>{@link #add} and {@link #restart} belong to the loop's thread, {@link #at} to any.
 */
final class History {
  private final int statesMax;
  private final ConcurrentSkipListMap<Long, State> states = new ConcurrentSkipListMap<>();
  private int size;

  History(int statesMax) {
    this.statesMax = statesMax;
    restart(State.EMPTY);
  }

  /** Takes the states after the next commands. */
  void add(List<State> next) {
    for (State state : next) {
      states.put(state.index(), state);
      size++;
    }
    while (size > statesMax) {
      states.pollFirstEntry();
      size--;
    }
  }

  /** Forgets all but this one, which comes from elsewhere. */
  void restart(State state) {
    states.clear();
    states.put(state.index(), state);
    size = 1;
  }

  /** The state just after this command; null if it is not kept, or was not applied. */
  @Nullable State at(long index) {
    return states.get(index);
  }

  /** The first command whose state is kept. */
  long oldestIndex() {
    Map.Entry<Long, State> oldest = states.firstEntry();
    return oldest == null ? Long.MAX_VALUE : oldest.getKey();
  }
}

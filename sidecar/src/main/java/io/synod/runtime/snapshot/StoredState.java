package io.synod.runtime.snapshot;

import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.turn.StoredMemberships;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.StateReader;

/** The replicated state as a snapshot. */
public final class StoredState {
  private static final int LOAD_BYTES = 1 << 20;

  private StoredState() {}

  /**
   * The state that a snapshot holds.
   *
   * @throws JournalException if it is damaged or cannot be decoded
   */
  public static State decode(StoredSnapshot snapshot, Limits limits) {
    StateReader reader = new StateReader(limits);
    try {
      StreamReader stream = snapshot.stream();
      for (long at = 0; at < stream.bytes(); ) {
        byte[] page = stream.read(at, LOAD_BYTES);
        reader.add(page);
        at += page.length;
      }
      State state = reader.finish();
      StoredMemberships.check(state);
      return state;
    } catch (IllegalArgumentException e) {
      throw new JournalException(
          "the snapshot of slot "
              + snapshot.mark().slot()
              + " cannot be decoded: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * The state that a snapshot holds, which must be the one that the snapshot says it is.
   *
   * @throws JournalException if it is not, or as {@link #decode} does
   */
  public static State verified(StoredSnapshot snapshot, Limits limits) {
    State state = decode(snapshot, limits);
    if (!markOf(state).equals(snapshot.mark())) {
      throw new JournalException(
          "the snapshot of slot " + snapshot.mark().slot() + " holds another state than it says");
    }
    return state;
  }

  /** The position in the log of a snapshot of this state. */
  public static SnapshotMark markOf(State state) {
    State.Mark mark = state.mark();
    return new SnapshotMark(mark.slot(), mark.index(), mark.logTimeMillis(), mark.digest());
  }
}

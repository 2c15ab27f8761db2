package io.synod.api.kv;

import io.synod.api.call.LogReads;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.StateReads;
import io.synod.state.State;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the value of a pair before a change, in a kept state or else in the log. May block. */
final class PreviousValues {
  private final StateReads reads;
  private final AppliedLog appliedLog;

  PreviousValues(StateReads reads, AppliedLog appliedLog) {
    this.reads = reads;
    this.appliedLog = appliedLog;
  }

  /**
   * The pair before a change; null if the key was absent, or if that is no longer kept.
   *
   * @param changes all changes of one index
   * @param at which of them is meant
   */
  @Nullable KeyValue of(List<Change> changes, int at) {
    Change change = changes.get(at);
    long index = change.kv().modIndex();
    long wrote = change.previousModIndex();
    if (wrote == 0) {
      return null;
    }
    if (wrote == index) {
      return last(changes.subList(0, at), change.kv().key());
    }
    State then = reads.stateAt(index - 1);
    return then == null ? logged(wrote, change.kv().key()) : then.get(change.kv().key());
  }

  private @Nullable KeyValue logged(long index, String key) {
    AppliedLog.Page page = LogReads.pageIfKept(appliedLog, index, 1, 1);
    if (page == null) {
      return null;
    }
    for (AppliedLog.Item item : page.entries()) {
      if (item.index() == index) {
        return last(item.changes(), key);
      }
    }
    return null;
  }

  /** The last pair that these changes wrote under the key. */
  private static @Nullable KeyValue last(List<Change> changes, String key) {
    KeyValue last = null;
    for (Change change : changes) {
      if (change.type() == Change.Type.PUT && change.kv().key().equals(key)) {
        last = change.kv();
      }
    }
    return last;
  }
}

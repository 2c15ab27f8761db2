package io.synod.api.call;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.StateReads;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.JournalException;
import io.synod.state.State;
import org.jspecify.annotations.Nullable;

/** Reads states and log pages that may have been compacted, and answers COMPACTED for those. */
public final class LogReads {
  private LogReads() {}

  /** The state just after this index; 0 for the newest. */
  public static State state(StateReads reads, long index) {
    State state = index == 0 ? reads.state() : reads.stateAt(index);
    if (state == null) {
      throw StatusErrors.compacted(index, reads.oldestState());
    }
    return state;
  }

  /** A page of the log. May block. */
  public static AppliedLog.Page page(
      AppliedLog appliedLog, long from, int entriesMax, int bytesMax) {
    AppliedLog.Page page = pageIfKept(appliedLog, from, entriesMax, bytesMax);
    if (page == null) {
      throw StatusErrors.compacted(from, appliedLog.oldestIndex());
    }
    return page;
  }

  /** A page of the log; null if its first entry is trimmed. May block. */
  public static AppliedLog.@Nullable Page pageIfKept(
      AppliedLog appliedLog, long from, int entriesMax, int bytesMax) {
    if (from < appliedLog.oldestIndex()) {
      return null;
    }
    try {
      return appliedLog.page(from, entriesMax, bytesMax);
    } catch (CompactedException trimmed) {
      return null;
    } catch (JournalException e) {
      // The entry may have been trimmed meanwhile; otherwise it is damaged.
      if (from < appliedLog.oldestIndex()) {
        return null;
      }
      throw e;
    }
  }

  /** Refuses an index that is trimmed. */
  public static void kept(AppliedLog appliedLog, long from) {
    long oldest = appliedLog.oldestIndex();
    if (from < oldest) {
      throw StatusErrors.compacted(from, oldest);
    }
  }
}

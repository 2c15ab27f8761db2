package io.synod.api.call;

import io.synod.runtime.node.Feed;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.JournalException;
import io.synod.state.State;
import org.jspecify.annotations.Nullable;

/** Reads what may be gone by now, and says so then. */
public final class Past {
  private Past() {}

  /** The state just after this index; 0 for the newest. */
  public static State state(Node node, long index) {
    State state = index == 0 ? node.state() : node.stateAt(index);
    if (state == null) {
      throw Refusal.compacted(index, node.oldestState());
    }
    return state;
  }

  /** A page of the log. May block. */
  public static Feed.Page page(Feed feed, long from, int entriesMax, int bytesMax) {
    Feed.Page page = pageIfKept(feed, from, entriesMax, bytesMax);
    if (page == null) {
      throw Refusal.compacted(from, feed.oldestIndex());
    }
    return page;
  }

  /** A page of the log; null if it begins with what is trimmed. May block. */
  public static Feed.@Nullable Page pageIfKept(Feed feed, long from, int entriesMax, int bytesMax) {
    if (from < feed.oldestIndex()) {
      return null;
    }
    try {
      return feed.page(from, entriesMax, bytesMax);
    } catch (CompactedException trimmed) {
      return null;
    } catch (JournalException e) {
      // It may have been trimmed just now; if not, it is damaged.
      if (from < feed.oldestIndex()) {
        return null;
      }
      throw e;
    }
  }

  /** Refuses what is trimmed. */
  public static void kept(Feed feed, long from) {
    long oldest = feed.oldestIndex();
    if (from < oldest) {
      throw Refusal.compacted(from, oldest);
    }
  }
}

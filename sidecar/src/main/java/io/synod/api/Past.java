package io.synod.api;

import io.synod.runtime.Feed;
import io.synod.runtime.JournalException;
import io.synod.runtime.Node;
import io.synod.state.State;

/** Reads what may be gone by now, and says so then. */
final class Past {
  private Past() {}

  /** The state just after this index; 0 for the newest. */
  static State state(Node node, long index) {
    State state = index == 0 ? node.state() : node.stateAt(index);
    if (state == null) {
      throw Refusal.compacted(index, node.oldestState());
    }
    return state;
  }

  /** A page of the log. May block. */
  static Feed.Page page(Feed feed, long from, int entriesMax, int bytesMax) {
    kept(feed, from);
    try {
      return feed.page(from, entriesMax, bytesMax);
    } catch (JournalException e) {
      // It may have been trimmed just now; if not, it is damaged.
      kept(feed, from);
      throw e;
    }
  }

  /** Refuses what is trimmed. */
  static void kept(Feed feed, long from) {
    long oldest = feed.oldestIndex();
    if (from < oldest) {
      throw Refusal.compacted(from, oldest);
    }
  }
}

package io.synod.runtime;

import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Machine;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar's own session, under which it proposes what callers give it without one. Thread-safe.
 */
final class OwnSession {
  private final int node;
  private final TreeSet<Long> open = new TreeSet<>();
  private long lastSequence;
  private long session;

  OwnSession(int node) {
    this.node = node;
  }

  /** The session's id, or 0 while there is none. */
  synchronized long id() {
    return session;
  }

  /** A session was opened. */
  synchronized void opened(long id) {
    session = id;
    lastSequence = 0;
    open.clear();
  }

  /** The session is gone. */
  synchronized void lost(long id) {
    if (session == id) {
      session = 0;
    }
  }

  /** Whether so many of its sequences are open that the state would refuse another. */
  synchronized boolean isFull() {
    return !open.isEmpty() && lastSequence + 1 - open.first() >= Machine.SEQUENCES_AHEAD_MAX;
  }

  /** The next entry of this session; null if there is none. */
  synchronized @Nullable Entry next(Draft draft) {
    if (session == 0) {
      return null;
    }
    long sequence = ++lastSequence;
    open.add(sequence);
    return draft.under(node, new Entry.Key(session, sequence), open.first());
  }

  /** Nobody asks for the answer to this entry any more. */
  synchronized void done(Entry entry) {
    if (entry.session() == session) {
      open.remove(entry.sequence());
    }
  }
}

package io.synod.runtime.propose;

import io.synod.paxos.value.Check;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar's own session, under which it proposes what callers give it without one. Thread-safe.
 */
final class SidecarSession {
  private final int node;
  // By sequence, when each was taken.
  private final TreeMap<Long, Long> open = new TreeMap<>();
  private long lastSequence;
  private long session;

  SidecarSession(int node) {
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

  /** Whether its sequences reach so far above the first open one that the state refuses more. */
  synchronized boolean isFull(int aheadMax) {
    return !open.isEmpty() && lastSequence + 1 - open.firstKey() >= aheadMax;
  }

  /**
   * Leaves the session, so that another is opened, if it is full because of an entry that was
   * proposed before this moment: what does not get on must not hold up all others. Once another
   * session is open, the entries that are open in this one are refused without effect, and may be
   * proposed in that.
   */
  synchronized void leaveIfHeldUp(int aheadMax, long beforeNanos) {
    if (isFull(aheadMax) && open.firstEntry().getValue() < beforeNanos) {
      session = 0;
    }
  }

  /** The next entry of this session; null if there is none. */
  synchronized @Nullable Entry next(NewEntry newEntry, long nowNanos) {
    if (session == 0) {
      return null;
    }
    long sequence = ++lastSequence;
    Check.that(
        open.isEmpty() || open.lastKey() < sequence, "a sequence is used once", session, sequence);
    open.put(sequence, nowNanos);
    return newEntry.under(node, new Entry.Key(session, sequence), open.firstKey());
  }

  /** Nobody asks for the answer to this entry any more. */
  synchronized void done(Entry entry) {
    if (entry.session() == session) {
      open.remove(entry.sequence());
    }
  }
}

package io.synod.runtime.propose;

import io.synod.paxos.value.Check;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar's own session, under which callers' commands without a session are proposed.
 * Thread-safe.
 */
final class SidecarSession {
  private final int node;
  // The time at which each open sequence was taken.
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

  /** The session ended. */
  synchronized void lost(long id) {
    if (session == id) {
      session = 0;
    }
  }

  /**
   * Whether its sequences reach so far above the first open one that the state would refuse more.
   */
  synchronized boolean isFull(int aheadMax) {
    return !open.isEmpty() && lastSequence + 1 - open.firstKey() >= aheadMax;
  }

  /**
   * Abandons the session, so that another is opened, if it is full because of an entry that was
   * proposed before this moment: a command that makes no progress must not block all others. Once
   * another session is open, the open entries of this one are refused without effect, and may be
   * proposed in the new one.
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

  /** The answer to this entry is no longer needed. */
  synchronized void done(Entry entry) {
    if (entry.session() == session) {
      open.remove(entry.sequence());
    }
  }
}

package io.synod.runtime.propose;

import io.synod.paxos.value.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of the waiting proposals are handed to the core, and when. What the core or the transport
 * had no room for is handed over again, the node's own and the oldest first, once as much was
 * applied. A leader elsewhere that has no room says nothing; so of what callers propose no more
 * than this node's share of its queue is under way to it. Whoever holds it guards it.
 */
final class ProposalWindow {
  /** The node's own, what frees something, and then the rest. */
  static final Comparator<PendingProposal> FIRST =
      Comparator.comparing(waiter -> waiter.kind, Comparator.reverseOrder());

  private final long shareBytes;
  private final TreeSet<PendingProposal> unplaced =
      new TreeSet<>(FIRST.thenComparingLong(waiter -> waiter.number));
  private final Set<PendingProposal> underWay = new HashSet<>();
  private long underWayBytes;
  // What was applied since those were tried last: so much of them may find room now.
  private long roomBytes;

  /** Of callers' proposals so many bytes, or one, may be under way to a leader elsewhere. */
  ProposalWindow(long shareBytes) {
    this.shareBytes = shareBytes;
  }

  /** It was handed over, and found no room. */
  void refused(PendingProposal waiter) {
    if (waiter.handed && unplaced.add(waiter)) {
      waiter.times = Math.max(0, waiter.times - 1);
      leave(waiter);
    }
  }

  /** So many bytes were applied. */
  void roomMade(long bytes) {
    long sum = roomBytes + bytes;
    roomBytes = sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** Whether something may find room that did not find it before. */
  boolean isDue() {
    return !unplaced.isEmpty() && unplaced.first().command.size() <= roomBytes;
  }

  /** What of these, and of those that found no room before, is to be handed over now. */
  List<PendingProposal> due(List<PendingProposal> arrived, boolean leads) {
    List<PendingProposal> due = new ArrayList<>();
    long bytes = underWayBytes;
    for (PendingProposal waiter : unplaced) {
      int size = waiter.command.size();
      boolean room = size <= roomBytes;
      if (!room || !(leads || fits(waiter, bytes))) {
        // The rest waits until more is applied, or is given up.
        roomBytes = room ? 0 : roomBytes;
        break;
      }
      roomBytes -= size;
      bytes += shared(waiter);
      due.add(waiter);
    }
    roomBytes = due.size() == unplaced.size() ? 0 : roomBytes;
    for (PendingProposal waiter : arrived) {
      if (leads || fits(waiter, bytes)) {
        bytes += shared(waiter);
        due.add(waiter);
      } else {
        unplaced.add(waiter);
      }
    }
    return due;
  }

  private boolean fits(PendingProposal waiter, long bytes) {
    long size = shared(waiter);
    return size == 0 || bytes == 0 || bytes + size <= shareBytes;
  }

  /** What it takes of this node's share. */
  private static long shared(PendingProposal waiter) {
    return waiter.kind == ProposalKind.CALLER ? waiter.command.size() : 0;
  }

  /** It is handed over. */
  void handed(PendingProposal waiter) {
    unplaced.remove(waiter);
    if (underWay.add(waiter)) {
      underWayBytes += shared(waiter);
    }
  }

  /** It waits no longer. */
  void finished(PendingProposal waiter) {
    unplaced.remove(waiter);
    if (leave(waiter)) {
      roomMade(waiter.command.size());
    }
  }

  private boolean leave(PendingProposal waiter) {
    boolean left = underWay.remove(waiter);
    underWayBytes -= left ? shared(waiter) : 0;
    Check.that(
        underWay.isEmpty() ? underWayBytes == 0 : underWayBytes >= 0,
        "what is under way is counted once",
        underWay.size(),
        underWayBytes);
    return left;
  }
}

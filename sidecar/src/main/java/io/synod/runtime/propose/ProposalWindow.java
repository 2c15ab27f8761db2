package io.synod.runtime.propose;

import io.synod.paxos.value.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Determines which waiting proposals are passed to the core, and when. Commands that the core or
 * the transport did not accept are passed again, the node's own and the oldest first, once as many
 * bytes were applied. A leader on another node does not report commands that it drops; so callers'
 * commands in flight to it are limited to this node's share of its queue. The object that holds it
 * guards it.
 */
final class ProposalWindow {
  /** The node's own first, then those that release something, then the rest. */
  static final Comparator<PendingProposal> FIRST =
      Comparator.comparing(waiter -> waiter.kind, Comparator.reverseOrder());

  private final long shareBytes;
  private final TreeSet<PendingProposal> unplaced =
      new TreeSet<>(FIRST.thenComparingLong(waiter -> waiter.number));
  private final Set<PendingProposal> underWay = new HashSet<>();
  private long underWayBytes;
  // The bytes applied since the last retry: as many bytes of commands may be accepted now.
  private long roomBytes;

  /** Callers' commands of this many bytes, or one command, may be in flight to another node. */
  ProposalWindow(long shareBytes) {
    this.shareBytes = shareBytes;
  }

  /** It was passed, and not accepted. */
  void refused(PendingProposal waiter) {
    if (waiter.handed && unplaced.add(waiter)) {
      waiter.times = Math.max(0, waiter.times - 1);
      leave(waiter);
    }
  }

  /** This many bytes were applied. */
  void roomMade(long bytes) {
    long sum = roomBytes + bytes;
    roomBytes = sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** Whether commands that were not accepted before may be accepted now. */
  boolean isDue() {
    return !unplaced.isEmpty() && unplaced.first().command.size() <= roomBytes;
  }

  /** The proposals to be passed now, of these and of those that were not accepted before. */
  List<PendingProposal> due(List<PendingProposal> arrived, boolean leads) {
    List<PendingProposal> due = new ArrayList<>();
    long bytes = underWayBytes;
    for (PendingProposal waiter : unplaced) {
      int size = waiter.command.size();
      boolean room = size <= roomBytes;
      if (!room || !(leads || fits(waiter, bytes))) {
        // The rest waits until more is applied, or until its deadline.
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

  /** The bytes of this node's share that it takes. */
  private static long shared(PendingProposal waiter) {
    return waiter.kind == ProposalKind.CALLER ? waiter.command.size() : 0;
  }

  /** It is passed. */
  void handed(PendingProposal waiter) {
    unplaced.remove(waiter);
    if (underWay.add(waiter)) {
      underWayBytes += shared(waiter);
    }
  }

  /** It no longer waits. */
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
        "what is in flight is counted once",
        underWay.size(),
        underWayBytes);
    return left;
  }
}

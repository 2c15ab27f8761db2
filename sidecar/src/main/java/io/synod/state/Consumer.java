package io.synod.state;

import io.synod.state.command.DigestSamples;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * A consumer of the log: a state machine of the application, with one copy next to each sidecar.
 *
 * @param copies by the node whose application it is
 * @param snapshots of the application's state, by index
 * @param divergedAt two copies acknowledged different digests for this index; 0 if none did
 */
public record Consumer(
    String name,
    TreePMap<Integer, Copy> copies,
    TreePMap<Long, Snapshot> snapshots,
    long divergedAt) {
  private static final int SNAPSHOTS_MAX = 4;

  /** A copy that has something to acknowledge counts as silent after this fraction of the lapse. */
  private static final int MISSED_PARTS = 10;

  /**
   * One copy.
   *
   * @param ackedIndex it has applied everything up to here
   * @param ackMillis log time of its last acknowledgement
   * @param digests the digests of its state that it reported and that are still remembered, by
   *     index
   */
  public record Copy(int node, long ackedIndex, long ackMillis, DigestSamples digests) {}

  /**
   * A snapshot that sidecars hold.
   *
   * @param index the state after every entry up to this one
   * @param format the application's own label
   * @param node the sidecar to which the application gave it
   * @param createMillis log time of that
   * @param quorum how many sidecars must hold it before the log is trimmed up to it
   * @param holders the sidecars that hold it
   * @param disputed whether another snapshot was given for the same index
   */
  public record Snapshot(
      long index,
      String format,
      long bytes,
      Payload sha256,
      int node,
      long createMillis,
      int quorum,
      TreePSet<Integer> holders,
      boolean disputed) {

    private static Snapshot of(SystemCommands.Store order, int node, long timeMillis) {
      return new Snapshot(
          order.index(),
          order.format(),
          order.bytes(),
          order.sha256(),
          node,
          timeMillis,
          order.quorum(),
          TreePSet.singleton(node),
          false);
    }

    private Snapshot heldBy(TreePSet<Integer> now, boolean inDispute) {
      return new Snapshot(index, format, bytes, sha256, node, createMillis, quorum, now, inDispute);
    }

    private Snapshot withoutHolders(Set<Integer> lost) {
      return heldBy(holders.minusAll(lost), disputed);
    }

    /** Whether this sidecar has reported that it holds the snapshot. */
    public boolean isHeldBy(int holder) {
      return holders.contains(holder);
    }

    /** Whether it survives the loss of a minority of the sidecars. */
    public boolean isSafe() {
      return holders.size() >= quorum;
    }
  }

  static Consumer named(String name) {
    return new Consumer(name, TreePMap.empty(), TreePMap.empty(), 0);
  }

  Consumer diverged(long index) {
    return new Consumer(name, copies, snapshots, index);
  }

  Consumer with(Copy copy) {
    return new Consumer(name, copies.plus(copy.node(), copy), snapshots, divergedAt);
  }

  Consumer with(Snapshot snapshot) {
    return new Consumer(name, copies, snapshots.plus(snapshot.index(), snapshot), divergedAt);
  }

  Consumer withoutHolders(Set<Integer> lost) {
    TreePMap<Long, Snapshot> left = snapshots;
    for (Snapshot snapshot : snapshots.values()) {
      left = left.plus(snapshot.index(), snapshot.withoutHolders(lost));
    }
    return new Consumer(name, copies, left, divergedAt);
  }

  /** The copy at this node; null if it never acknowledged anything. */
  public @Nullable Copy copyOf(int node) {
    return copies.get(node);
  }

  /** Every copy, by node. */
  public List<Copy> everyCopy() {
    return List.copyOf(copies.values());
  }

  /** The snapshot of exactly this index; null if there is none. */
  public @Nullable Snapshot snapshotAt(long index) {
    return snapshots.get(index);
  }

  /** Every snapshot, the newest first. */
  public List<Snapshot> newestSnapshots() {
    return List.copyOf(snapshots.descendingMap().values());
  }

  /** The newest snapshot that is safe; null if none is. */
  public @Nullable Snapshot safeSnapshot() {
    for (Snapshot snapshot : snapshots.descendingMap().values()) {
      if (snapshot.isSafe()) {
        return snapshot;
      }
    }
    return null;
  }

  /**
   * The first index of the log that some copy may still need. With a safe snapshot it is the one
   * after it: a copy that lags or lost its state starts from the snapshot. Without one it is the
   * first that the slowest copy has not acknowledged.
   *
   * @param lapsedMillis the log is not kept for a copy that was silent since this log time
   */
  public long needsFrom(long lapsedMillis) {
    Snapshot safe = safeSnapshot();
    if (safe != null) {
      return safe.index() + 1;
    }
    long from = Long.MAX_VALUE;
    for (Copy copy : copies.values()) {
      if (copy.ackMillis() >= lapsedMillis) {
        from = Math.min(from, copy.ackedIndex() + 1);
      }
    }
    return from;
  }

  /**
   * Whether a copy that has something to acknowledge is silent, while the log is kept for it.
   *
   * @param commanded the last entry there is to acknowledge
   * @param timeMillis log time now
   * @param lapseMillis the log is not kept for a copy that was silent for this time
   */
  public boolean holdsLog(long commanded, long timeMillis, long lapseMillis) {
    long missedMillis = lapseMillis / MISSED_PARTS;
    return isAnySilent(commanded, timeMillis - missedMillis, timeMillis - lapseMillis);
  }

  /** Whether the log is no longer kept for a copy that has something to acknowledge. */
  public boolean hasLapsed(long commanded, long timeMillis, long lapseMillis) {
    return isAnySilent(commanded, timeMillis - lapseMillis, Long.MIN_VALUE);
  }

  /** A copy that acknowledged everything has nothing to report. */
  private boolean isAnySilent(long commanded, long before, long from) {
    for (Copy copy : copies.values()) {
      boolean silent = copy.ackMillis() < before && copy.ackMillis() >= from;
      if (silent && copy.ackedIndex() < commanded) {
        return true;
      }
    }
    return false;
  }

  /**
   * The index at which copies diverged: they acknowledged different digests for it, or gave
   * different snapshots of it. 0 if they never did, or if all have agreed on a later index since,
   * or a later snapshot is safe.
   */
  public long differsAt() {
    for (Snapshot snapshot : snapshots.descendingMap().values()) {
      if (snapshot.disputed() && snapshot.index() > divergedAt) {
        return snapshot.index();
      }
    }
    return divergedAt;
  }

  public Consumer acknowledging(int node, SystemCommands.Acknowledge order, long timeMillis) {
    Copy before = copies.get(node);
    long acked = before == null ? order.index() : Math.max(before.ackedIndex(), order.index());
    DigestSamples digests = before == null ? DigestSamples.NONE : before.digests();
    long diverged = divergedAt;
    for (Map.Entry<Long, Payload> reported : order.digests().byIndex().entrySet()) {
      diverged = compare(diverged, node, reported.getKey(), reported.getValue());
    }
    Copy now = new Copy(node, acked, timeMillis, digests.with(order.digests()));
    return new Consumer(name, copies.plus(node, now), snapshots, diverged);
  }

  /**
   * The index of divergence after this acknowledgement; agreement of all copies at a later index
   * clears it.
   */
  private long compare(long diverged, int node, long index, Payload reported) {
    boolean agreed = true;
    for (Copy other : copies.values()) {
      Payload digest = other.node() == node ? reported : other.digests().at(index);
      if (digest != null && !digest.equals(reported)) {
        return index;
      }
      agreed &= digest != null;
    }
    return agreed && index > diverged ? 0 : diverged;
  }

  /** Another sidecar holds a snapshot, or refused one. */
  public Consumer holding(int node, SystemCommands.Store order, long timeMillis) {
    Snapshot first = snapshots.get(order.index());
    Snapshot now;
    if (first == null) {
      now = order.isFirst() ? Snapshot.of(order, node, timeMillis) : null;
    } else if (!first.sha256().equals(order.sha256())) {
      // The state forgot the snapshot of which this is a copy: it does not dispute the current one.
      now = order.further() ? null : disputed(first, node, order, timeMillis);
    } else {
      now = order.held() ? first.heldBy(first.holders().plus(node), first.disputed()) : first;
    }
    return now == null
        ? this
        : new Consumer(name, copies, pruned(snapshots.plus(order.index(), now)), divergedAt);
  }

  /**
   * Another snapshot was given for the same index: the first one stays, since other sidecars may
   * hold it by now or fetch it. The exception: its only holder replaced it by the other one, so no
   * sidecar has it, even if one holder was enough.
   */
  private static Snapshot disputed(
      Snapshot first, int node, SystemCommands.Store order, long timeMillis) {
    TreePSet<Integer> left = order.held() ? first.holders().minus(node) : first.holders();
    if (left.isEmpty()) {
      return Snapshot.of(order, node, timeMillis).heldBy(TreePSet.singleton(node), true);
    }
    return first.heldBy(first.isSafe() ? first.holders() : left, true);
  }

  /** No copy starts from a snapshot that is older than a safe one. */
  private static TreePMap<Long, Snapshot> pruned(TreePMap<Long, Snapshot> all) {
    TreePMap<Long, Snapshot> kept = all;
    for (Snapshot snapshot : all.descendingMap().values()) {
      if (snapshot.isSafe()) {
        kept = kept.tailMap(snapshot.index(), true);
        break;
      }
    }
    while (kept.size() > SNAPSHOTS_MAX) {
      // The oldest one is removed last: if one is safe, it is that one.
      kept = kept.minus(kept.higherKey(kept.firstKey()));
    }
    return kept;
  }
}

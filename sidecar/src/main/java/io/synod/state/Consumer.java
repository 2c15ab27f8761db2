package io.synod.state;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * An application's own state machine, with a copy beside each sidecar.
 *
 * @param copies by the node whose application it is
 * @param snapshots of the application's state, by index
 * @param divergedAt two copies gave different digests for this index; 0 if none did
 */
public record Consumer(
    String name,
    TreePMap<Integer, Copy> copies,
    TreePMap<Long, Snapshot> snapshots,
    long divergedAt) {
  private static final int DIGESTS_MAX = 32;
  private static final int SNAPSHOTS_MAX = 4;

  /**
   * One copy.
   *
   * @param ackedIndex it has applied everything up to here
   * @param ackMillis log time of its last word
   * @param digests what it said of its state, by index; the newest few
   */
  public record Copy(int node, long ackedIndex, long ackMillis, TreePMap<Long, Payload> digests) {}

  /**
   * A snapshot that sidecars hold.
   *
   * @param index the state after every entry up to this one
   * @param format the application's own label
   * @param node the sidecar that took it over
   * @param createMillis log time of that
   * @param quorum so many must hold it before the log is trimmed for it
   * @param holders the sidecars that hold it
   */
  public record Snapshot(
      long index,
      String format,
      long bytes,
      Payload sha256,
      int node,
      long createMillis,
      int quorum,
      TreePSet<Integer> holders) {

    /** Whether this sidecar said that it holds it. */
    public boolean isHeldBy(int holder) {
      return holders.contains(holder);
    }

    /** Whether it outlives the loss of a minority. */
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

  /** The copy beside this node; null if it never said anything. */
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
   * The first index of the log that some copy may still need. With a safe snapshot that is the one
   * behind it: who is behind begins from it, and so does a copy that lost everything. Without one
   * it is what the slowest copy has not acknowledged.
   *
   * @param lapsedMillis a copy that said nothing since this log time is not waited for
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

  Consumer acknowledging(int node, Orders.Acknowledge order, long timeMillis) {
    Copy before = copies.get(node);
    long acked = before == null ? order.index() : Math.max(before.ackedIndex(), order.index());
    TreePMap<Long, Payload> digests = before == null ? TreePMap.empty() : before.digests();
    long diverged = divergedAt;
    if (order.digest().bytes().length > 0) {
      digests = digests.plus(order.index(), order.digest());
      digests = digests.size() > DIGESTS_MAX ? digests.minusFirstEntry() : digests;
      diverged = compare(node, order);
    }
    return new Consumer(
        name, copies.plus(node, new Copy(node, acked, timeMillis, digests)), snapshots, diverged);
  }

  /** Where copies differ, once this one said so; agreement of all at a later index clears it. */
  private long compare(int node, Orders.Acknowledge order) {
    boolean agreed = true;
    for (Copy other : copies.values()) {
      Payload digest = other.node() == node ? order.digest() : other.digests().get(order.index());
      if (digest != null && !digest.equals(order.digest())) {
        return order.index();
      }
      agreed &= digest != null;
    }
    return agreed && order.index() > divergedAt ? 0 : divergedAt;
  }

  /** One more sidecar holds a snapshot. */
  Consumer holding(int node, Orders.Store order, long timeMillis) {
    Snapshot before = snapshots.get(order.index());
    boolean same = before != null && before.sha256().equals(order.sha256());
    Snapshot snapshot =
        same && before != null
            ? new Snapshot(
                before.index(),
                before.format(),
                before.bytes(),
                before.sha256(),
                before.node(),
                before.createMillis(),
                before.quorum(),
                before.holders().plus(node))
            : new Snapshot(
                order.index(),
                order.format(),
                order.bytes(),
                order.sha256(),
                node,
                timeMillis,
                order.quorum(),
                TreePSet.singleton(node));
    if (before != null && !same && before.isSafe()) {
      // Many hold another for this index: that one stays.
      return this;
    }
    return new Consumer(name, copies, pruned(snapshots.plus(order.index(), snapshot)), divergedAt);
  }

  /** Nobody begins from a snapshot that is older than a safe one. */
  private static TreePMap<Long, Snapshot> pruned(TreePMap<Long, Snapshot> all) {
    TreePMap<Long, Snapshot> kept = all;
    for (Snapshot snapshot : all.descendingMap().values()) {
      if (snapshot.isSafe()) {
        kept = kept.tailMap(snapshot.index(), true);
        break;
      }
    }
    while (kept.size() > SNAPSHOTS_MAX) {
      // The oldest one goes last: it is the safe one, if one is.
      kept = kept.minus(kept.higherKey(kept.firstKey()));
    }
    return kept;
  }
}

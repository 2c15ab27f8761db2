package io.synod.state;

import io.synod.state.command.DigestSamples;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * An application's own state machine, with a copy beside each sidecar.
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

  /** A copy that has something to acknowledge is missed after this part of the lapse. */
  private static final int MISSED_PARTS = 10;

  /**
   * One copy.
   *
   * @param ackedIndex it has applied everything up to here
   * @param ackMillis log time of its last word
   * @param digests what it said of its state, by index, as far as landmarks go
   */
  public record Copy(int node, long ackedIndex, long ackMillis, DigestSamples digests) {}

  /**
   * A snapshot that sidecars hold.
   *
   * @param index the state after every entry up to this one
   * @param format the application's own label
   * @param node the sidecar that took it over
   * @param createMillis log time of that
   * @param quorum so many must hold it before the log is trimmed for it
   * @param holders the sidecars that hold it
   * @param disputed another was given for the same index
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

  /**
   * Whether a copy that has something to acknowledge is missed, while the log is kept for it.
   *
   * @param commanded the last entry there is to acknowledge
   * @param timeMillis log time now
   * @param lapseMillis for a copy that was silent so long the log is not kept
   */
  public boolean holdsLog(long commanded, long timeMillis, long lapseMillis) {
    long missedMillis = lapseMillis / MISSED_PARTS;
    return isAnySilent(commanded, timeMillis - missedMillis, timeMillis - lapseMillis);
  }

  /** Whether the log is not kept any more for a copy that has something to acknowledge. */
  public boolean hasLapsed(long commanded, long timeMillis, long lapseMillis) {
    return isAnySilent(commanded, timeMillis - lapseMillis, Long.MIN_VALUE);
  }

  /** Whoever acknowledged all there is has nothing to say. */
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
   * Where copies differ: for this index they acknowledged different digests, or handed over
   * different snapshots; 0 if they never did, or it is over: all agreed on a later index, or a
   * later snapshot is safe.
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
    for (Map.Entry<Long, Payload> said : order.digests().byIndex().entrySet()) {
      diverged = compare(diverged, node, said.getKey(), said.getValue());
    }
    Copy now = new Copy(node, acked, timeMillis, digests.with(order.digests()));
    return new Consumer(name, copies.plus(node, now), snapshots, diverged);
  }

  /** Where copies differ, once this one said so; agreement of all at a later index clears it. */
  private long compare(long diverged, int node, long index, Payload said) {
    boolean agreed = true;
    for (Copy other : copies.values()) {
      Payload digest = other.node() == node ? said : other.digests().at(index);
      if (digest != null && !digest.equals(said)) {
        return index;
      }
      agreed &= digest != null;
    }
    return agreed && index > diverged ? 0 : diverged;
  }

  /** One more sidecar holds a snapshot, or refused one. */
  public Consumer holding(int node, SystemCommands.Store order, long timeMillis) {
    Snapshot first = snapshots.get(order.index());
    Snapshot now;
    if (first == null) {
      now = order.isFirst() ? Snapshot.of(order, node, timeMillis) : null;
    } else if (!first.sha256().equals(order.sha256())) {
      // A copy of one that was forgotten since says nothing of what is there now.
      now = order.further() ? null : disputed(first, node, order, timeMillis);
    } else {
      now = order.held() ? first.heldBy(first.holders().plus(node), first.disputed()) : first;
    }
    return now == null
        ? this
        : new Consumer(name, copies, pruned(snapshots.plus(order.index(), now)), divergedAt);
  }

  /**
   * Another snapshot of an index of which there is one: the first stays, for others may hold it by
   * now, or be about to. Unless its only holder gave it up for the other: then nobody has it, even
   * if one holder was enough.
   */
  private static Snapshot disputed(
      Snapshot first, int node, SystemCommands.Store order, long timeMillis) {
    TreePSet<Integer> left = order.held() ? first.holders().minus(node) : first.holders();
    if (left.isEmpty()) {
      return Snapshot.of(order, node, timeMillis).heldBy(TreePSet.singleton(node), true);
    }
    return first.heldBy(first.isSafe() ? first.holders() : left, true);
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

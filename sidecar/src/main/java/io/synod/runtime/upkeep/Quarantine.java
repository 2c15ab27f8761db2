package io.synod.runtime.upkeep;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The quarantine of a node whose state differs from that of a majority. It ends once the state was
 * taken anew from a peer, a quorum is known to have the state that follows from that one here, and
 * the disk records no longer that the state is wrong.
 *
 * <p>A state is taken only from a peer that reported that a quorum has its state at the slot of the
 * snapshot. The first attempt is immediate. If the state differs again, the pause before the next
 * attempt is a minute, and doubles up to an hour; it begins anew after an hour without quarantine.
 *
 * <p>The loop's thread calls it; {@link #isActive} and {@link #ends} may be called by any.
 */
public final class Quarantine {
  private static final long PAUSE_NANOS = 60_000_000_000L;
  private static final long PAUSE_MAX_NANOS = 60 * PAUSE_NANOS;

  /** The journal keeps the locations of slots that are not applied in memory. */
  private static final long POSTPONED_SLOTS_MAX = 1 << 18;

  // What each peer last reported of the state that it shares with a quorum.
  private final Map<Integer, Attestation> attestations = new HashMap<>();
  private final long postponedBytesMax;
  private volatile boolean active;
  private final AtomicLong ends = new AtomicLong();
  // Whether the state was taken anew, and did not differ since.
  private boolean checking;
  // Whether a quorum is known to have the state that was taken anew.
  private boolean mended;
  private long renewedSlot;
  private long pauseNanos;
  private long endedAtNanos;
  private boolean tried;
  private long tryAtNanos = Long.MIN_VALUE;

  /** A quorum has this digest at this slot, as a peer reported, which may have another state. */
  private record Attestation(long slot, long digest) {}

  /**
   * Creates it.
   *
   * @param active whether the state on the disk is known to be wrong
   * @param postponedBytesMax the bytes of slots whose application is postponed: a start reads all
   *     slots that are not applied into memory
   */
  public Quarantine(boolean active, long postponedBytesMax) {
    this.active = active;
    this.postponedBytesMax = postponedBytesMax;
  }

  /** Whether the state here is that of no quorum, as far as is known. */
  public boolean isActive() {
    return active;
  }

  /** How many quarantines ended since the node started. */
  public long ends() {
    return ends.get();
  }

  /** Whether the state here is to be replaced. */
  public boolean isWaiting() {
    return active && !checking;
  }

  /**
   * Whether the application of chosen slots is postponed, so that the state that replaces the wrong
   * one need not be later. If there are too many of them, they are applied to the wrong state after
   * all, up to the slot of the state that arrives.
   *
   * @param slots how many chosen slots are not applied
   * @param bytes the bytes of their batches
   */
  public boolean postpones(long slots, long bytes) {
    return isWaiting() && slots <= POSTPONED_SLOTS_MAX && bytes <= postponedBytesMax;
  }

  /** Whether the state is to be taken anew now. */
  public boolean isDue(long nowNanos) {
    return isWaiting() && nowNanos >= tryAtNanos;
  }

  /**
   * A quorum has another state than this node.
   *
   * @return whether that is new
   */
  boolean begin(long nowNanos) {
    if (isWaiting()) {
      return false;
    }
    boolean calm = !active && nowNanos - endedAtNanos >= PAUSE_MAX_NANOS;
    if (!tried || calm) {
      pauseNanos = 0;
      tryAtNanos = Long.MIN_VALUE;
    } else {
      pauseNanos = pauseNanos == 0 ? PAUSE_NANOS : Math.min(2 * pauseNanos, PAUSE_MAX_NANOS);
      tryAtNanos = nowNanos + pauseNanos;
    }
    checking = false;
    mended = false;
    active = true;
    return true;
  }

  /** The state is replaced by a peer's state at this slot. */
  public void renewed(long slot) {
    checking = true;
    tried = true;
    renewedSlot = slot;
  }

  /**
   * A quorum has the state of this node at this slot.
   *
   * @return whether the state here is right, so that the quarantine may end
   */
  boolean attested(long slot) {
    if (!checking || slot < renewedSlot) {
      return mended;
    }
    mended = true;
    return true;
  }

  /** Whether the state here is right, and was not found to differ since. */
  public boolean isMended() {
    return mended;
  }

  /** The state here is right, and the disk records that. */
  void end(long nowNanos) {
    Check.that(mended, "a quarantine ends once the state is right");
    checking = false;
    mended = false;
    active = false;
    endedAtNanos = nowNanos;
    ends.incrementAndGet();
  }

  /** A peer sent its digest, and perhaps reports that of a quorum. */
  void onDigest(int from, Message.StateDigest message) {
    if (message.attestedSlot() > 0) {
      attestations.put(from, new Attestation(message.attestedSlot(), message.attestedDigest()));
    } else {
      // It restarted, and does not know yet whether a quorum has its state.
      attestations.remove(from);
    }
  }

  /** Whether a quorum is known to have the state of this peer at this slot or later. */
  public boolean isAttested(int peer, long slot) {
    Attestation known = attestations.get(peer);
    return known != null && known.slot >= slot;
  }

  /** Whether a quorum is known to have the state in this snapshot of a peer. */
  public boolean isAttested(int peer, SnapshotMark mark) {
    Attestation known = attestations.get(peer);
    return known != null
        && (known.slot > mark.slot()
            || (known.slot == mark.slot() && known.digest == mark.digest()));
  }
}

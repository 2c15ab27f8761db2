package io.synod.transport;

import io.synod.paxos.value.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait for one peer, in three lanes, each bounded in bytes. A frame that does not
 * fit is refused.
 *
 * <p>Pages of promises, of learned slots and of snapshots have a lane of their own, so that live
 * traffic waits for one page at most. A peer asks for one page of a kind at a time, so a newer page
 * replaces an older one that still waits.
 *
 * <p>Not thread-safe: its owner synchronises on it.
 *
 * @param <F> the type of frames
 */
public final class PeerQueue<F> {
  /** How many kinds of pages a peer can await at a time: two of snapshots, and two others. */
  private static final int PAGES_MAX = 4;

  /** A connection's share of the traffic to a peer. Order is kept within a lane. */
  public enum Lane {
    /** Small messages, heartbeats among them. */
    SMALL,
    /** Proposals, and messages that must not overtake them. */
    LIVE,
    /** Pages for a peer that catches up. */
    BULK;

    /** The lane of {@code message}. */
    public static Lane of(Message message) {
      if (message instanceof Message.Learned
          || message instanceof Message.Promise
          || message instanceof Message.SnapshotPage) {
        return BULK;
      }
      // A Chosen is small, but must not overtake the accepts that it refers to.
      boolean live =
          message instanceof Message.Accept
              || message instanceof Message.Forward
              || message instanceof Message.Chosen;
      return live ? LIVE : SMALL;
    }
  }

  private record QueuedFrame<F>(F frame, long bytes) {}

  private final Map<Lane, Deque<QueuedFrame<F>>> lanes = new EnumMap<>(Lane.class);
  private final Map<Object, QueuedFrame<F>> pages = new LinkedHashMap<>();
  private final Map<Lane, Long> bytesMax = new EnumMap<>(Lane.class);
  private final Map<Lane, Long> bytes = new EnumMap<>(Lane.class);

  /** A queue with these bounds, in bytes. A single larger frame fits into an empty lane. */
  public PeerQueue(long smallBytesMax, long liveBytesMax) {
    bytesMax.put(Lane.SMALL, smallBytesMax);
    bytesMax.put(Lane.LIVE, liveBytesMax);
    for (Lane lane : Lane.values()) {
      lanes.put(lane, new ArrayDeque<>());
      bytes.put(lane, 0L);
    }
  }

  /** Adds the frame of {@code message}; false if it does not fit. */
  public boolean offer(Message message, F frame, long size) {
    Lane lane = Lane.of(message);
    QueuedFrame<F> added = new QueuedFrame<>(frame, size);
    if (lane == Lane.BULK) {
      page(key(message), added);
      return true;
    }
    long with = bytes(lane) + size;
    if (with > bytesMax.getOrDefault(lane, 0L) && with > size) {
      return false;
    }
    lane(lane).add(added);
    bytes.put(lane, with);
    return true;
  }

  private void page(Object key, QueuedFrame<F> added) {
    QueuedFrame<F> older = pages.put(key, added);
    long now = bytes(Lane.BULK) + added.bytes - (older == null ? 0 : older.bytes);
    if (pages.size() > PAGES_MAX) {
      Iterator<QueuedFrame<F>> oldest = pages.values().iterator();
      now -= oldest.next().bytes;
      oldest.remove();
    }
    bytes.put(Lane.BULK, now);
  }

  private static Object key(Message message) {
    return message instanceof Message.SnapshotPage page ? page.id() : message.getClass();
  }

  /** The next frame of a lane, or null. */
  public @Nullable F take(Lane lane) {
    QueuedFrame<F> next = lane == Lane.BULK ? nextPage() : lane(lane).poll();
    if (next == null) {
      return null;
    }
    bytes.put(lane, bytes(lane) - next.bytes);
    return next.frame;
  }

  private @Nullable QueuedFrame<F> nextPage() {
    Iterator<QueuedFrame<F>> oldest = pages.values().iterator();
    if (!oldest.hasNext()) {
      return null;
    }
    QueuedFrame<F> next = oldest.next();
    oldest.remove();
    return next;
  }

  /** The size of a lane, in bytes. */
  public long bytes(Lane lane) {
    return bytes.getOrDefault(lane, 0L);
  }

  /** Drops all frames of a lane. */
  public void clear(Lane lane) {
    lane(lane).clear();
    if (lane == Lane.BULK) {
      pages.clear();
    }
    bytes.put(lane, 0L);
  }

  private Deque<QueuedFrame<F>> lane(Lane lane) {
    return lanes.computeIfAbsent(lane, added -> new ArrayDeque<>());
  }
}

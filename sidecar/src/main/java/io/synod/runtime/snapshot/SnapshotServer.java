package io.synod.runtime.snapshot;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Message.SnapshotPage;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamReader;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serves pages of stored snapshots to peers. A stream that a peer fetches stays open, even if it is
 * deleted meanwhile, until no peer has requested it for a while; and the log after it is kept. The
 * loop's thread calls it.
 *
 * <p>A snapshot of the state is served even if a peer reports another state, since a quorum had the
 * state in it: see {@link Snapshotter}. A damaged one is served no more, and is replaced. A node in
 * quarantine serves none, since its state may have been wrong before that showed.
 */
public final class SnapshotServer {
  private static final int OPEN_MAX = 4;
  private static final long IDLE_NANOS = 60_000_000_000L;

  private final NodePorts ports;
  private final Snapshotter snapshotter;
  private final int pageBytesMax;
  // By their SHA-256, in the order of the last request.
  private final LinkedHashMap<Bytes, Share> open = new LinkedHashMap<>();

  private static final class Share {
    private final SnapshotMark mark;
    // The consumer; empty for the replicated state.
    private final String consumer;
    private final boolean state;
    private final StreamReader streamReader;
    private long lastRequestAtNanos;

    private Share(SnapshotMark mark, String consumer, StreamReader streamReader) {
      this.mark = mark;
      this.consumer = consumer;
      this.state = consumer.isEmpty();
      this.streamReader = streamReader;
    }

    private boolean isOf(Message.SnapshotAsk ask) {
      return consumer.equals(ask.consumer()) && (state || mark.index() == ask.number());
    }
  }

  public SnapshotServer(NodePorts ports, Snapshotter snapshotter, int pageBytesMax) {
    this.ports = ports;
    this.snapshotter = snapshotter;
    this.pageBytesMax = pageBytesMax;
  }

  /** The requested page, or the answer that it is not here. */
  SnapshotPage answer(long nowNanos, Message.SnapshotAsk ask) {
    if (ask.consumer().isEmpty() && snapshotter.isQuarantined()) {
      return SnapshotPage.none(ask.id());
    }
    try {
      Share share = find(ask);
      if (share == null || ask.offset() > share.streamReader.bytes()) {
        return SnapshotPage.none(ask.id());
      }
      share.lastRequestAtNanos = nowNanos;
      Bytes bytes = Bytes.of(share.streamReader.read(ask.offset(), pageBytesMax));
      Bytes sha256 = share.streamReader.sha256();
      return new SnapshotPage(
          ask.id(), share.mark, share.streamReader.bytes(), sha256, ask.offset(), bytes);
    } catch (JournalException damaged) {
      // The peer asks another node. Damage found here must not stop the parts that work.
      ports.observer().observe(new Observation.Damaged(damaged.getMessage()));
      if (ask.consumer().isEmpty()) {
        snapshotter.damaged();
      }
      Share share = open.remove(ask.sha256());
      if (share != null) {
        share.streamReader.close();
      }
      return SnapshotPage.none(ask.id());
    }
  }

  private @Nullable Share find(Message.SnapshotAsk ask) {
    Share known = open.remove(ask.sha256());
    if (known != null && !known.isOf(ask)) {
      // Two different snapshots of consumers may have the same bytes.
      known.streamReader.close();
      known = null;
    }
    Share share = known == null ? opened(ask) : known;
    if (share == null) {
      return null;
    }
    Share same = open.put(share.streamReader.sha256(), share);
    if (same != null && same != share) {
      same.streamReader.close();
    }
    if (open.size() > OPEN_MAX) {
      Iterator<Share> oldest = open.values().iterator();
      oldest.next().streamReader.close();
      oldest.remove();
    }
    return share;
  }

  private @Nullable Share opened(Message.SnapshotAsk ask) {
    Share share = ask.consumer().isEmpty() ? ofState(ask.number()) : ofConsumer(ask);
    boolean requested =
        share != null
            && (ask.sha256().isEmpty() || ask.sha256().equals(share.streamReader.sha256()));
    if (share != null && !requested) {
      share.streamReader.close();
    }
    return requested ? share : null;
  }

  private @Nullable Share ofState(long above) {
    if (snapshotter.isDamaged()) {
      return null;
    }
    StoredSnapshot newest = ports.journal().snapshot();
    if (newest == null || newest.mark().slot() <= above) {
      if (newest != null) {
        newest.close();
      }
      snapshotter.wanted();
      return null;
    }
    return new Share(newest.mark(), "", newest.stream());
  }

  private @Nullable Share ofConsumer(Message.SnapshotAsk ask) {
    StreamReader streamReader = ports.journal().appSnapshots().open(ask.consumer(), ask.number());
    return streamReader == null
        ? null
        : new Share(new SnapshotMark(0, ask.number(), 0, 0), ask.consumer(), streamReader);
  }

  /** Closes streams that no peer requests any more. */
  void sweep(long nowNanos) {
    for (Iterator<Share> each = open.values().iterator(); each.hasNext(); ) {
      Share share = each.next();
      if (nowNanos - share.lastRequestAtNanos > IDLE_NANOS) {
        each.remove();
        share.streamReader.close();
      }
    }
  }

  /** The first index of the log that a peer needs that fetches a snapshot of the state. */
  long neededFromIndex() {
    long needed = Long.MAX_VALUE;
    for (Map.Entry<Bytes, Share> held : open.entrySet()) {
      if (held.getValue().state) {
        needed = Math.min(needed, held.getValue().mark.index() + 1);
      }
    }
    return needed;
  }

  /** How many are open. */
  public int count() {
    return open.size();
  }

  void close() {
    open.values().forEach(share -> share.streamReader.close());
    open.clear();
  }
}

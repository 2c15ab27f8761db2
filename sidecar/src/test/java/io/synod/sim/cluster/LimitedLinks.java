package io.synod.sim.cluster;

import io.synod.paxos.value.Message;
import io.synod.sim.check.Violation;
import io.synod.sim.run.CoverageMarks;
import io.synod.transport.PeerQueue;
import io.synod.transport.PeerQueue.Lane;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Links of limited bandwidth. Each direction has the production send queue in front of it. A link
 * carries one frame at a time, and its lanes share it by bytes, like the streams of a connection.
 *
 * <p>It checks I20 with its own count: the bytes that wait in front of a link, except pages, are
 * within the queue's bounds.
 */
final class LimitedLinks {
  private static final int PAGE = 2;

  private final World world;
  private final Exit exit;
  private final Map<Integer, Pipe> pipes = new TreeMap<>();

  /** The receiver of frames that have passed a link. */
  interface Exit {
    void passed(int from, int to, byte[] frame);
  }

  /** A frame in a queue; its kind is 0 for a small message, 1 for a live one and 2 for a page. */
  private static final class QueuedFrame {
    private final int kind;
    private final byte[] frame;

    private QueuedFrame(int kind, byte[] frame) {
      this.kind = kind;
      this.frame = frame;
    }
  }

  private static final class Pipe {
    private final int from;
    private final int to;
    private final PeerQueue<QueuedFrame> queue;
    private boolean busy;
    private final long[] bytes = new long[2];
    private final Map<Lane, Long> transferred = new EnumMap<>(Lane.class);

    private Pipe(int from, int to, long queueBytesMax) {
      this.from = from;
      this.to = to;
      this.queue = new PeerQueue<>(queueBytesMax, queueBytesMax);
    }

    /**
     * The next frame of the lane that has carried the fewest bytes while it had frames to carry.
     */
    private @Nullable QueuedFrame next() {
      Lane least = null;
      for (Lane lane : Lane.values()) {
        if (queue.bytes(lane) > 0 && (least == null || transferred(lane) < transferred(least))) {
          least = lane;
        }
      }
      if (least == null) {
        return null;
      }
      long now = transferred(least);
      for (Lane lane : Lane.values()) {
        if (queue.bytes(lane) == 0) {
          // A lane without frames gains no credit.
          transferred.put(lane, Math.max(transferred(lane), now));
        }
      }
      QueuedFrame next = queue.take(least);
      transferred.put(least, now + (next == null ? 0 : next.frame.length));
      return next;
    }

    private long transferred(Lane lane) {
      return transferred.getOrDefault(lane, 0L);
    }
  }

  LimitedLinks(World world, Exit exit) {
    this.world = world;
    this.exit = exit;
  }

  /**
   * Queues a frame; the link takes it at the time of the sender's turn. Returns false if it is
   * dropped.
   */
  boolean offer(int from, int to, Message message, byte[] frame) {
    Pipe pipe = pipe(from, to);
    QueuedFrame added = new QueuedFrame(kind(message), frame);
    if (!pipe.queue.offer(message, added, frame.length)) {
      world.mark(CoverageMarks.CoverageMark.LINK_FULL);
      return false;
    }
    checker(pipe, added);
    world.eventQueue().at(world.now() + world.host(from).clock.spent(), () -> begin(pipe));
    return true;
  }

  private Pipe pipe(int from, int to) {
    return pipes.computeIfAbsent(
        from * (world.hosts().size() + 1) + to,
        key -> new Pipe(from, to, world.profile().bandwidth.queueBytesMax()));
  }

  private static int kind(Message message) {
    if (message instanceof Message.Learned
        || message instanceof Message.Promise
        || message instanceof Message.SnapshotPage) {
      return PAGE;
    }
    boolean live =
        message instanceof Message.Accept
            || message instanceof Message.Forward
            || message instanceof Message.Chosen;
    return live ? 1 : 0;
  }

  private void checker(Pipe pipe, QueuedFrame added) {
    if (added.kind == PAGE) {
      return;
    }
    long max = world.profile().bandwidth.queueBytesMax();
    long held = pipe.bytes[added.kind] + added.frame.length;
    pipe.bytes[added.kind] = held;
    // A single frame may exceed the bound.
    if (held > max && held > added.frame.length) {
      throw new Violation(
          "I20",
          "node "
              + pipe.from
              + " holds "
              + held
              + " bytes for node "
              + pipe.to
              + ", at most "
              + max);
    }
  }

  private void begin(Pipe pipe) {
    QueuedFrame next = pipe.busy ? null : pipe.next();
    if (next == null) {
      return;
    }
    pipe.busy = true;
    if (next.kind != PAGE) {
      pipe.bytes[next.kind] -= next.frame.length;
    }
    long nanos = world.profile().bandwidth.nanos(next.frame.length);
    world
        .eventQueue()
        .in(
            nanos,
            () -> {
              pipe.busy = false;
              exit.passed(pipe.from, pipe.to, next.frame);
              begin(pipe);
            });
  }

  /** Drops the queued frames, since a new connection replaced this one. */
  void clear(int from, int to) {
    Pipe pipe = pipe(from, to);
    for (Lane lane : Lane.values()) {
      pipe.queue.clear(lane);
    }
    Arrays.fill(pipe.bytes, 0);
  }
}

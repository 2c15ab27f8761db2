package io.synod.runtime.snapshot;

import io.synod.paxos.Request;
import io.synod.paxos.ResendBackoff;
import io.synod.paxos.View;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Message.SnapshotPage;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream that is fetched from peers, a page at a time: the next page is requested once the last
 * is stored. Lost requests are repeated, to the same peer or to another; pages of different peers
 * make one stream as long as its SHA-256 is the same, and the whole of it is verified in the end.
 *
 * <p>The loop's thread owns it; pages are stored in the background.
 */
public final class SnapshotFetch {
  private final Target target;
  private final long id;
  private final Sinks sinks;
  private final Background background;
  private final Set<Integer> refused = new HashSet<>();
  // The digest of the stream; empty until the first page arrives.
  private Bytes sha256;
  private long offset;
  private long total = -1;
  private long slot;
  private int requestedNode;
  // The peer that sent the last page.
  private int source;
  // The request for the awaited page; null if there is none.
  private @Nullable Request request;
  private final ResendBackoff resendBackoff;
  private long notBeforeNanos = Long.MIN_VALUE;
  // The delay before all peers are asked again if none has it.
  private ResendBackoff pause;
  private @Nullable StoringPage storing;
  private boolean sourced;
  private boolean finished;
  private boolean closed;
  private volatile @Nullable Stored stored;
  // Used in the background only, by one task after another.
  private @Nullable Sink sink;

  /**
   * The requested stream; see {@link Message.SnapshotAsk}.
   *
   * @param number that of a consumer does not change
   * @param sha256 empty for any
   */
  record Target(String consumer, LongSupplier number, Bytes sha256, SnapshotSources sources) {}

  /** The receiver of pages, in order; used in the background. */
  interface Sink {
    void take(byte[] page);

    /** Ends the stream: throws unless it is the expected one. */
    void finish(long total, Bytes sha256);

    void close();
  }

  /** Creates a sink for a stream whose first page has arrived. */
  interface Sinks {
    Sink open(SnapshotPage first);
  }

  private record StoringPage(int from, int bytes) {}

  private record Stored(@Nullable String failure) {}

  /**
   * The execution of background work.
   *
   * @param executor one task after another
   * @param wake makes the cycle turn soon
   */
  public record Background(Executor executor, Runnable wake) {}

  /**
   * Creates it with nothing requested.
   *
   * @param resendBackoff the time-out for a page; its measurements serve the next fetch too
   */
  SnapshotFetch(
      Target target, long id, ResendBackoff resendBackoff, Sinks sinks, Background background) {
    this.target = target;
    this.id = id;
    this.resendBackoff = resendBackoff;
    this.pause = resendBackoff.fresh();
    this.sinks = sinks;
    this.background = background;
    this.sha256 = target.sha256();
  }

  long id() {
    return id;
  }

  Target target() {
    return target;
  }

  /** The last slot in the snapshot of the state that is being fetched; 0 if none is known yet. */
  long slot() {
    return total < 0 ? 0 : slot;
  }

  /** Whether a peer was found that may have it. */
  boolean hasSource() {
    return sourced;
  }

  /** When {@link #turn} has something to do even if no page arrives. */
  long nextNanos() {
    if (isOver()) {
      return Long.MAX_VALUE;
    }
    if (storing != null) {
      return stored == null ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    return request == null ? notBeforeNanos : request.dueNanos(resendBackoff);
  }

  /** Whether all of it is stored and verified. */
  boolean isFinished() {
    return finished;
  }

  /**
   * Whether nothing is left to be done, in the background either: until then no other fetch of its
   * kind may begin, since a page that is being stored may complete this one even after {@link
   * #close}.
   */
  boolean isOver() {
    return finished || (closed && storing == null);
  }

  /** A page arrived, or the answer that there is none. */
  void page(int from, SnapshotPage page, long nowNanos) {
    if (storing != null || finished || closed) {
      return;
    }
    if (page.total() < 0) {
      if (from == requestedNode) {
        refused.add(from);
        clearRequest();
      }
      return;
    }
    boolean same = sha256.isEmpty() || page.sha256().equals(sha256);
    boolean fits = page.offset() == offset && (total < 0 || page.total() == total);
    boolean allowed = target.sources().mayTake(from, page.mark());
    if (same && fits && allowed && matches(page.mark())) {
      sha256 = page.sha256();
      total = page.total();
      slot = page.mark().slot();
      storing = new StoringPage(from, page.bytes().size());
      if (request != null) {
        resendBackoff.onReply(request.ageNanos(nowNanos));
      }
      store(page, offset + page.bytes().size() == total);
    }
  }

  private boolean matches(SnapshotMark mark) {
    long number = target.number().getAsLong();
    return target.consumer().isEmpty() ? mark.slot() > number : mark.index() == number;
  }

  private void store(SnapshotPage page, boolean last) {
    try {
      background
          .executor()
          .execute(
              () -> {
                stored = new Stored(failureOf(page, last));
                background.wake().run();
              });
    } catch (RejectedExecutionException closing) {
      stored = new Stored("the node stops");
    }
  }

  private @Nullable String failureOf(SnapshotPage page, boolean last) {
    try {
      Sink current = sink == null ? sinks.open(page) : sink;
      sink = current;
      current.take(page.bytes().array());
      if (last) {
        current.finish(page.total(), page.sha256());
      }
      return null;
    } catch (RuntimeException e) {
      closeSink();
      return String.valueOf(e.getMessage());
    }
  }

  private void closeSink() {
    Sink current = sink;
    sink = null;
    if (current != null) {
      current.close();
    }
  }

  /**
   * Continues the fetch.
   *
   * @return the next request and its receiver, or null
   */
  Output.@Nullable Envelope turn(long nowNanos, View view, Observer observer) {
    settle(nowNanos, observer);
    if (storing != null || finished || closed || nowNanos < notBeforeNanos) {
      return null;
    }
    Request waiting = request;
    boolean waits = waiting != null && nowNanos < waiting.dueNanos(resendBackoff);
    if (waits && isConnected(view, requestedNode)) {
      return null;
    }
    int silent = requestedNode;
    int source = source(view, silent);
    sourced = source != 0 || !refused.isEmpty();
    if (source == 0) {
      if (!refused.isEmpty() && !sha256.equals(target.sha256())) {
        // No peer has this very stream any more.
        begin();
      }
      refused.clear();
      clearRequest();
      notBeforeNanos = nowNanos + pause.nanos();
      pause.onTimeout();
      return null;
    }
    requestedNode = source;
    if (waiting == null) {
      request = new Request(nowNanos);
    } else {
      if (!waiting.isLost() && !waits) {
        resendBackoff.onTimeout();
      }
      waiting.markSent(nowNanos);
    }
    long number = target.number().getAsLong();
    return new Output.Envelope(
        source, new Message.SnapshotAsk(id, target.consumer(), number, sha256, offset));
  }

  private void settle(long nowNanos, Observer observer) {
    StoringPage page = storing;
    Stored how = stored;
    if (page == null || how == null) {
      return;
    }
    storing = null;
    stored = null;
    clearRequest();
    if (how.failure == null) {
      offset += page.bytes;
      finished = offset == total;
      pause = resendBackoff.fresh();
      source = page.from;
    } else {
      observer.observe(new Observation.FetchFailed(page.from, how.failure));
      refused.add(page.from);
      begin();
      notBeforeNanos = nowNanos + resendBackoff.minNanos();
    }
  }

  /** Starts from the beginning, with any stream. */
  private void begin() {
    sha256 = target.sha256();
    offset = 0;
    total = -1;
    source = 0;
    execute(this::closeSink);
  }

  private void execute(Runnable task) {
    try {
      background.executor().execute(task);
    } catch (RejectedExecutionException closing) {
      task.run();
    }
  }

  /** No page is awaited. */
  private void clearRequest() {
    requestedNode = 0;
    request = null;
  }

  /** Messages in flight to or from {@code peer} may be lost. */
  void reconnected(int peer) {
    if (request != null && requestedNode == peer) {
      request.markLost();
    }
  }

  /** The transport did not send the last request. */
  void dropped() {
    if (request != null) {
      request.markDropped();
    }
  }

  private static boolean isConnected(View view, int node) {
    return view.peers().stream().anyMatch(peer -> peer.node() == node && peer.connected());
  }

  /** The peer to ask; the leader only if no other peer can serve, to spare it the load. */
  private int source(View view, int silent) {
    int best = 0;
    int bestRank = -1;
    for (View.Peer peer : view.peers()) {
      int node = peer.node();
      boolean allowed = !refused.contains(node) && target.sources().mayAsk(node);
      if (!peer.connected() || !allowed) {
        continue;
      }
      int rank = node == silent ? 0 : node == source ? 3 : node == view.leader().node() ? 1 : 2;
      if (rank > bestRank) {
        best = node;
        bestRank = rank;
      }
    }
    return best;
  }

  /** Stops the fetch, unless it is finished. It may be called more than once. */
  void close() {
    if (!finished && !closed) {
      closed = true;
      execute(this::closeSink);
    }
  }
}

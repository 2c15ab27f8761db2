package io.synod.runtime.snapshot;

import io.synod.paxos.ResendBackoff;
import io.synod.paxos.View;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Message.SnapshotPage;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.StreamWriter;
import io.synod.runtime.turn.AppliedState;
import io.synod.runtime.turn.StoredMemberships;
import io.synod.runtime.upkeep.Quarantine;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.StateReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fetches of this node from its peers: a snapshot of the replicated state when the log it lacks
 * was trimmed, and snapshots of consumers. At most one of each kind is in progress.
 *
 * <p>{@link #blob} may be called from any thread, the other methods by the loop's.
 */
public final class SnapshotFetcher {
  private final NodePorts ports;
  private final ResendBackoff resendBackoff;
  private final SnapshotFetch.Background background;
  private final Deque<Blob> arrived = new ArrayDeque<>();
  private final Deque<Blob> blobs = new ArrayDeque<>();
  private long lastId;
  private Limits limits = Limits.defaults();
  private @Nullable SnapshotFetch state;
  // Whether the state that is fetched is to replace a wrong one.
  private volatile boolean renews;
  private @Nullable SnapshotFetch blob;
  private volatile @Nullable Arrived ready;
  // Guarded by the lock of arrived.
  private boolean closed;

  /**
   * A fetched state, whose snapshot is sealed here.
   *
   * @param renews whether it was fetched to replace a wrong state
   */
  public record Arrived(State state, SnapshotMark mark, long bytes, boolean renews) {}

  private record Blob(SnapshotFetch.Target target, CompletableFuture<Boolean> future) {}

  public SnapshotFetcher(
      NodePorts ports,
      ResendBackoff resendBackoff,
      SnapshotFetch.Background background,
      long firstId) {
    this.ports = ports;
    this.resendBackoff = resendBackoff;
    this.background = background;
    this.lastId = firstId;
  }

  /**
   * Requests a consumer's snapshot at this index; it is fetched unless the future is done before.
   */
  public CompletableFuture<Boolean> blob(String consumer, long index, Bytes sha256) {
    CompletableFuture<Boolean> future = new CompletableFuture<>();
    synchronized (arrived) {
      if (closed) {
        return CompletableFuture.completedFuture(false);
      }
      SnapshotSources all = SnapshotSources.ALL;
      arrived.add(new Blob(new SnapshotFetch.Target(consumer, () -> index, sha256, all), future));
    }
    background.wake().run();
    return future;
  }

  /** A peer has trimmed the slots that the core requested. */
  void trimmed(Message.Trimmed trimmed, State applied) {
    if (state == null && ready == null && trimmed.snapshot() > applied.slot()) {
      long above = applied.slot();
      pullState(applied, () -> above, SnapshotSources.ALL);
      renews = false;
    }
  }

  /**
   * Fetches a state of the same slot as the wrong one here, or of a later one. Another fetch of a
   * state ends first.
   */
  void renew(AppliedState wrong, Quarantine quarantine) {
    if (state != null && !renews) {
      state.close();
    } else if (state == null && ready == null) {
      // Until its first page arrives, slots may be applied to the wrong state.
      LongSupplier appliedSlot = () -> wrong.state().slot();
      SnapshotSources sources = SnapshotSources.attested(quarantine, appliedSlot);
      pullState(wrong.state(), () -> appliedSlot.getAsLong() - 1, sources);
      renews = true;
    }
  }

  /**
   * The last slot that may be applied to a wrong state, so that the state that replaces it is not
   * earlier: that of the state that arrives, or 0 while peers are asked for one; Long.MAX_VALUE if
   * no peer may have one.
   */
  public long renewalSlot() {
    Arrived arrived = ready;
    if (arrived != null && arrived.renews) {
      return arrived.mark.slot();
    }
    SnapshotFetch current = renews ? state : null;
    if (current == null || (current.slot() == 0 && !current.hasSource())) {
      return Long.MAX_VALUE;
    }
    return current.slot();
  }

  private void pullState(State applied, LongSupplier above, SnapshotSources sources) {
    limits = applied.limits();
    state = pull(new SnapshotFetch.Target("", above, Bytes.EMPTY, sources), this::stateSink);
  }

  private SnapshotFetch pull(SnapshotFetch.Target target, SnapshotFetch.Sinks sinks) {
    return new SnapshotFetch(target, ++lastId, resendBackoff, sinks, background);
  }

  void page(int from, SnapshotPage page, long nowNanos) {
    if (state != null && state.id() == page.id()) {
      state.page(from, page, nowNanos);
    } else if (blob != null && blob.id() == page.id()) {
      blob.page(from, page, nowNanos);
    }
  }

  /** The transport reports the fate of messages. */
  public void onTransportReport(Input input) {
    if (input instanceof Input.Reconnected reconnected) {
      underWay().forEach(snapshotFetch -> snapshotFetch.reconnected(reconnected.peer()));
    } else if (input instanceof Input.Dropped dropped
        && dropped.message() instanceof Message.SnapshotAsk ask) {
      underWay()
          .filter(snapshotFetch -> snapshotFetch.id() == ask.id())
          .forEach(SnapshotFetch::dropped);
    }
  }

  private Stream<SnapshotFetch> underWay() {
    return Stream.of(Optional.ofNullable(state), Optional.ofNullable(blob))
        .flatMap(Optional::stream);
  }

  /** The requests to send to peers now. */
  List<Output.Envelope> turn(long nowNanos, View view, State applied) {
    List<Output.Envelope> requests = new ArrayList<>(2);
    turnState(nowNanos, view, applied, requests);
    turnBlob(nowNanos, view, requests);
    return requests;
  }

  private void turnState(long nowNanos, View view, State applied, List<Output.Envelope> requests) {
    SnapshotFetch current = state;
    if (current == null) {
      return;
    }
    add(requests, current.turn(nowNanos, view, ports.observer()));
    boolean caughtUp = view.chosenThrough() >= view.reportedThrough();
    boolean late = current.slot() > 0 && current.slot() <= applied.slot();
    if (!renews && (caughtUp || late)) {
      current.close();
    }
    if (current.isOver()) {
      state = null;
    }
  }

  private void turnBlob(long nowNanos, View view, List<Output.Envelope> requests) {
    synchronized (arrived) {
      blobs.addAll(arrived);
      arrived.clear();
    }
    SnapshotFetch current = blob;
    if (current != null) {
      add(requests, current.turn(nowNanos, view, ports.observer()));
      Blob fetched = blobs.element();
      if (fetched.future.isDone()) {
        current.close();
      }
      if (current.isOver()) {
        blob = null;
        blobs.remove();
        fetched.future.complete(current.isFinished());
      }
    }
    if (blob == null && !blobs.isEmpty()) {
      SnapshotFetch.Target target = blobs.element().target;
      SnapshotFetch next = pull(target, first -> blobSink(target));
      blob = next;
      add(requests, next.turn(nowNanos, view, ports.observer()));
    }
  }

  private static void add(List<Output.Envelope> requests, Output.@Nullable Envelope request) {
    if (request != null) {
      requests.add(request);
    }
  }

  /** When {@link #turn} has something to do even if nothing arrives. */
  long nextNanos() {
    long next = state == null ? Long.MAX_VALUE : state.nextNanos();
    return blob == null ? next : Math.min(next, blob.nextNanos());
  }

  /** A state to be installed; null if there is none. */
  @Nullable
  public Arrived ready() {
    return ready;
  }

  /** It was installed, or is obsolete. */
  public void taken() {
    ready = null;
  }

  void close() {
    List<Blob> left = new ArrayList<>(blobs);
    synchronized (arrived) {
      closed = true;
      left.addAll(arrived);
      arrived.clear();
    }
    blobs.clear();
    left.forEach(target -> target.future.complete(false));
    if (state != null) {
      state.close();
    }
    if (blob != null) {
      blob.close();
    }
  }

  // ---- in the background

  private SnapshotFetch.Sink stateSink(SnapshotPage first) {
    if (renews) {
      // Before the disk has a part of the new state: until all of it is right, none of it counts.
      ports.journal().distrust(true);
    }
    return new StateSink(first.mark(), ports.journal().stage(first.mark()));
  }

  private SnapshotFetch.Sink blobSink(SnapshotFetch.Target target) {
    return new StreamSink(
        ports.journal().appSnapshots().stage(target.consumer(), target.number().getAsLong()));
  }

  private static class StreamSink implements SnapshotFetch.Sink {
    private final StreamWriter streamWriter;

    StreamSink(StreamWriter streamWriter) {
      this.streamWriter = streamWriter;
    }

    @Override
    public void take(byte[] page) {
      streamWriter.append(page);
    }

    @Override
    public void finish(long total, Bytes sha256) {
      if (streamWriter.bytes() != total || !streamWriter.sha256().equals(sha256)) {
        throw new IllegalArgumentException("its pages do not form one stream");
      }
      check();
      streamWriter.seal();
      streamWriter.close();
    }

    /** Throws if the content is wrong although the stream is complete. */
    void check() {}

    @Override
    public void close() {
      streamWriter.close();
    }
  }

  /** Decodes the state while its pages arrive, so that no unreadable snapshot is sealed. */
  private final class StateSink extends StreamSink {
    private final SnapshotMark mark;
    private final StateReader reader = new StateReader(limits);
    private @Nullable State state;

    StateSink(SnapshotMark mark, StreamWriter streamWriter) {
      super(streamWriter);
      this.mark = mark;
    }

    @Override
    public void take(byte[] page) {
      super.take(page);
      reader.add(page);
    }

    @Override
    void check() {
      State read = reader.finish();
      StoredMemberships.check(read);
      SnapshotMark found = StoredState.markOf(read);
      if (!found.equals(mark)) {
        throw new IllegalArgumentException("it is of " + found + ", not of " + mark);
      }
      state = read;
    }

    @Override
    public void finish(long total, Bytes sha256) {
      super.finish(total, sha256);
      State read = state;
      if (read != null) {
        Check.that(ready == null, "one state at a time waits to be installed");
        ready = new Arrived(read, mark, total, renews);
      }
    }
  }
}

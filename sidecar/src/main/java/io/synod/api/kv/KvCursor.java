package io.synod.api.kv;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.LogReads;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursor;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.StateReads;
import io.synod.state.State;
import io.synod.state.result.Change;
import io.synod.v1.KvWatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One watch of the map: a position in the log. All matching changes below {@code next}, and the
 * first {@code sent} matching changes at {@code next}, were passed to gRPC, in order and once.
 * Changes that cannot be sent now are read again later, so a stalled reader costs no memory but its
 * position.
 */
final class KvCursor extends StreamCursor<KvWatchResponse> {

  /** How many pages of the log one run may read. */
  private static final int PAGES_PER_TURN = 4;

  private static final int ENTRIES_MIN = 8;
  private static final int ENTRIES_MAX = 1_000;
  private static final int BYTES_PER_ENTRY = 1 << 10;
  private static final int BYTES_MAX = 256 << 10;

  private final StateReads reads;
  private final Inspection inspection;
  private final AppliedLog appliedLog;
  private final KvWatchOptions options;
  private final PreviousValues previousValues;
  private long next;
  private int sent;
  // How many entries are read at once: about as many as the reader received last.
  private int appetite = 64;
  private @Nullable InitialState initial;
  private boolean started;
  private boolean drainedOnce;
  private volatile boolean markDue;
  private volatile boolean initialDue;

  /**
   * The request of a watch, checked.
   *
   * @param startIndex the first requested index; 0: the changes from now on
   * @param patience how long a reader may receive nothing of an initial state that is kept for it
   *     alone
   */
  record KvWatchOptions(
      KvFilter filter, long startIndex, boolean initial, boolean previous, Duration patience) {}

  KvCursor(
      StreamObserver<KvWatchResponse> observer,
      Executor executor,
      Node node,
      KvWatchOptions options) {
    super(observer, executor);
    this.reads = node.reads();
    this.inspection = node.inspection();
    this.appliedLog = node.appliedLog();
    this.options = options;
    this.previousValues = new PreviousValues(reads, appliedLog);
    this.next = options.startIndex() == 0 ? appliedLog.appliedIndex() + 1 : options.startIndex();
    this.initialDue = options.initial();
  }

  /** Requests a progress message. Any thread may call it. */
  void tick() {
    markDue = true;
    signal();
  }

  /** Whether the watch begins with an initial state. */
  boolean isInitial() {
    return options.initial();
  }

  /** Checks whether the initial state takes too long. Any thread may call it. */
  void checkProgress() {
    if (initialDue) {
      signal();
    }
  }

  @Override
  protected void advance() {
    if (reads.isQuarantined()) {
      throw StatusErrors.quarantined();
    }
    if (!started) {
      start();
    }
    for (int pages = 0; pages < PAGES_PER_TURN; pages++) {
      if (initial != null) {
        initial.check(reads);
      }
      if (!ready()) {
        return;
      }
      if (initial != null) {
        beginWith(initial);
      } else if (next > appliedLog.appliedIndex()) {
        drained();
        return;
      } else {
        deliver();
      }
      if (markDue && initial == null && sent == 0) {
        mark(false);
      }
    }
    signal();
  }

  @Override
  protected long place() {
    return next;
  }

  private void start() {
    if (options.initial()) {
      State state = reads.state();
      next = state.index() + 1;
      initial = new InitialState(state, options.filter(), options.patience());
    } else {
      LogReads.kept(appliedLog, next);
    }
    started = true;
    KvWatchResponse.Started.Builder start =
        KvWatchResponse.Started.newBuilder()
            .setNodeId(CommonMessages.node(inspection.status().node()))
            .setStartIndex(next)
            .setOldestIndex(appliedLog.oldestIndex())
            .setAppliedIndex(Math.max(appliedLog.appliedIndex(), next - 1));
    send(KvWatchResponse.newBuilder().setStarted(start).build());
  }

  private void beginWith(InitialState state) {
    KvWatchResponse.Changes message = state.next();
    send(KvWatchResponse.newBuilder().setChanges(message).build());
    if (!message.getFragment()) {
      initial = null;
      initialDue = false;
    }
  }

  /** Sends the matching changes of a page of the log, as far as the reader accepts them. */
  private void deliver() {
    int bytes = Math.min(BYTES_MAX, appetite * BYTES_PER_ENTRY);
    AppliedLog.Page page = LogReads.page(appliedLog, next, appetite, bytes);
    int taken = 0;
    for (AppliedLog.Item item : page.entries()) {
      next = item.index();
      if (!deliver(item)) {
        appetite = Math.max(ENTRIES_MIN, Math.min(ENTRIES_MAX, 2 * taken));
        return;
      }
      taken++;
      sent = 0;
      next = item.index() + 1;
    }
    next = page.next();
    appetite = Math.min(ENTRIES_MAX, 2 * appetite);
  }

  /** Sends the matching changes of one entry; returns whether all were sent. */
  private boolean deliver(AppliedLog.Item item) {
    List<Change> matching = matching(item);
    while (sent < matching.size()) {
      if (!ready()) {
        return false;
      }
      send(KvWatchResponse.newBuilder().setChanges(message(item, matching)).build());
    }
    return true;
  }

  private List<Change> matching(AppliedLog.Item item) {
    List<Change> changes = item.changes();
    if (changes.isEmpty()) {
      return changes;
    }
    List<Change> matching = new ArrayList<>(changes);
    matching.removeIf(change -> !options.filter().matches(change.kv().key()));
    return matching;
  }

  /** The next message: as many of these changes as fit. Advances {@code sent} beyond them. */
  private KvWatchResponse.Changes message(AppliedLog.Item item, List<Change> matching) {
    KvWatchResponse.Changes.Builder message =
        KvWatchResponse.Changes.newBuilder()
            .setIndex(item.index())
            .setLogTime(CommonMessages.time(item.logTimeMillis()));
    int bytes = 0;
    for (; sent < matching.size(); sent++) {
      KvWatchResponse.Change change =
          KvMessages.change(
              matching.get(sent), options.previous() ? previousValues.of(matching, sent) : null);
      bytes += change.getSerializedSize();
      if (bytes > PairPage.MESSAGE_BYTES && message.getItemsCount() > 0) {
        break;
      }
      message.addItems(change);
    }
    return message.setFragment(sent < matching.size()).build();
  }

  private void drained() {
    if (!drainedOnce || markDue) {
      drainedOnce = true;
      mark(true);
    }
  }

  private void mark(boolean caughtUp) {
    markDue = false;
    KvWatchResponse.Progress.Builder progress =
        KvWatchResponse.Progress.newBuilder().setIndex(next - 1).setCaughtUp(caughtUp);
    send(KvWatchResponse.newBuilder().setProgress(progress).build());
  }
}

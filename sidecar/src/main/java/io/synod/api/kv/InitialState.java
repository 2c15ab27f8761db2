package io.synod.api.kv;

import io.synod.api.call.CommonMessages;
import io.synod.api.call.StatusErrors;
import io.synod.runtime.node.StateReads;
import io.synod.state.State;
import io.synod.state.result.KeyValue;
import io.synod.v1.KvWatchResponse;
import java.time.Duration;
import java.util.List;

/**
 * The initial state of a watch, read page by page. The state is referenced, not copied. That costs
 * nothing while the node keeps it anyway; after that it is kept for this reader alone, for a
 * limited time. It is used by one serial task.
 */
final class InitialState {
  /** A reader that keeps receiving may need this many times the patience in all. */
  private static final int WHOLE = 12;

  private static final PairPage.Size PAGE =
      new PairPage.Size(Integer.MAX_VALUE, PairPage.MESSAGE_BYTES, false);

  private final State state;
  private final KvFilter filter;
  private final long patienceNanos;
  private final long beganNanos = System.nanoTime();
  private long tookNanos = beganNanos;
  private String after = "";

  InitialState(State state, KvFilter filter, Duration patience) {
    this.state = state;
    this.filter = filter;
    this.patienceNanos = patience.toNanos();
  }

  long index() {
    return state.index();
  }

  /** The next message; the last one is not a fragment. */
  KvWatchResponse.Changes next() {
    PairPage page = page();
    KvWatchResponse.Changes.Builder message =
        KvWatchResponse.Changes.newBuilder()
            .setIndex(state.index())
            .setInitial(true)
            .setFragment(page.more())
            .setLogTime(CommonMessages.time(state.mark().logTimeMillis()));
    for (io.synod.v1.KeyValue pair : page.pairs()) {
      message.addItems(
          KvWatchResponse.Change.newBuilder().setType(KvWatchResponse.Type.TYPE_PUT).setKv(pair));
    }
    if (page.more()) {
      after = page.last();
    }
    tookNanos = System.nanoTime();
    return message.build();
  }

  private PairPage page() {
    if (filter.prefix()) {
      return PairPage.of(state, filter.key(), after, PAGE);
    }
    KeyValue pair = state.get(filter.key());
    return new PairPage(pair == null ? List.of() : List.of(KvMessages.pair(pair)), false);
  }

  /**
   * Ends the watch with COMPACTED if the reader takes too long and the state is kept for it alone.
   */
  void check(StateReads reads) {
    long now = System.nanoTime();
    boolean slow = now - tookNanos > patienceNanos || now - beganNanos > WHOLE * patienceNanos;
    if (slow) {
      long oldest = reads.oldestState();
      if (state.index() < oldest) {
        throw StatusErrors.compacted(state.index(), oldest);
      }
    }
  }
}

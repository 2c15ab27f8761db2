package io.synod.api.kv;

import io.synod.state.State;
import io.synod.state.result.KeyValue;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of pairs of one state, in order.
 *
 * @param pairs at least one, if there is one
 * @param more whether pairs follow the last one
 */
record PairPage(List<io.synod.v1.KeyValue> pairs, boolean more) {
  /** The largest size of a watch's message, in bytes; a single change is never split. */
  static final int MESSAGE_BYTES = 256 << 10;

  /**
   * The largest size of a page.
   *
   * @param bytes the size of the message; one pair always fits
   * @param keysOnly whether to leave the values out
   */
  record Size(int pairs, int bytes, boolean keysOnly) {}

  /** The pairs under a prefix whose keys are above {@code after}; "" for all. */
  static PairPage of(State state, String prefix, String after, Size size) {
    Filling filling = new Filling(size);
    state.visit(prefix, after, filling);
    return new PairPage(filling.pairs, filling.more);
  }

  /** The key of the last pair. */
  String last() {
    return pairs.get(pairs.size() - 1).getKey();
  }

  private static final class Filling implements State.Visitor {
    private final List<io.synod.v1.KeyValue> pairs = new ArrayList<>();
    private final Size size;
    private long bytes;
    private boolean more;

    private Filling(Size size) {
      this.size = size;
    }

    @Override
    public boolean visit(KeyValue pair) {
      io.synod.v1.KeyValue form = KvMessages.pair(pair, !size.keysOnly());
      bytes += form.getSerializedSize();
      more = pairs.size() >= size.pairs() || (bytes > size.bytes() && !pairs.isEmpty());
      if (!more) {
        pairs.add(form);
      }
      return !more;
    }
  }
}

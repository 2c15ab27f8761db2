package io.synod.state;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The answers to requests that have a name but no session, for a stretch of the log, and as long as
 * they are not too many bytes.
 *
 * @param bytes what the answers hold
 */
record Requests(TreePMap<String, Answer> byId, TreePMap<Long, String> byIndex, long bytes) {
  /** For so many commands after its own an answer is remembered. */
  static final long WINDOW = 100_000;

  /** How many bytes the answers may hold. */
  static final long BYTES_MAX = 64L << 20;

  static final Requests EMPTY = new Requests(TreePMap.empty(), TreePMap.empty(), 0);

  @Nullable Answer get(String id) {
    return byId.get(id);
  }

  Requests with(String id, Answer answer) {
    return new Requests(
        byId.plus(id, answer), byIndex.plus(answer.index(), id), bytes + answer.bytes());
  }

  /** Without what is {@link #WINDOW} behind this command, and the oldest that are too much. */
  Requests after(long index) {
    Requests left = this;
    while (!left.byIndex.isEmpty()
        && (left.byIndex.firstKey() < index - WINDOW || left.bytes > BYTES_MAX)) {
      left = left.withoutOldest();
    }
    return left;
  }

  private Requests withoutOldest() {
    String oldest = byIndex.firstEntry().getValue();
    Answer answer = byId.get(oldest);
    return new Requests(
        byId.minus(oldest),
        byIndex.minusFirstEntry(),
        bytes - (answer == null ? 0 : answer.bytes()));
  }
}

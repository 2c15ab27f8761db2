package io.synod.state;

import io.synod.state.encoding.StateCheck;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The answers to requests that are identified by a name, for a {@link Limits.Window} of the log.
 *
 * <p>The window begins at the floor: every index below it has left the window. A request carries
 * the index at which it was made, its birth; it is too late if that is below the floor. If it is
 * not, then every copy of it that was applied is still remembered: an answer has a higher index
 * than the birth of its request.
 *
 * @param times log time at some indexes, from which the floor is computed
 * @param bytes the size of the answers
 * @param floor nothing below this index is remembered
 */
public record Requests(
    TreePMap<String, CachedReply> byId,
    TreePMap<Long, String> byIndex,
    TreePMap<Long, Long> times,
    long bytes,
    long floor) {
  /** How often log time is recorded per window. */
  private static final int TIMES = 16;

  /**
   * The memory of an entry besides its answer: 216 bytes, as measured, and a name of at most 64,
   * with a margin.
   */
  private static final long ENTRY_BYTES = 320;

  static final Requests EMPTY =
      new Requests(TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), 0, 0);

  @Nullable
  public CachedReply get(String id) {
    return byId.get(id);
  }

  public Requests with(String id, CachedReply cachedReply) {
    StateCheck.that(
        byIndex.isEmpty() || byIndex.lastKey() < cachedReply.index(),
        "answers are remembered in the order of the log");
    StateCheck.that(
        cachedReply.index() >= floor, "nothing is remembered below", cachedReply.index(), floor);
    return new Requests(
        byId.plus(id, cachedReply),
        byIndex.plus(cachedReply.index(), id),
        times,
        bytes + cachedReply.bytes(),
        floor);
  }

  /** This map with the log time recorded at an index. */
  Requests at(long index, long millis) {
    return new Requests(byId, byIndex, times.plus(index, millis), bytes, floor);
  }

  /** Whether a request with this birth is too late. */
  public boolean isTooLate(long createdAtIndex) {
    return createdAtIndex < floor;
  }

  /** The memory that it takes, in bytes. */
  long held() {
    return bytes + ENTRY_BYTES * byId.size();
  }

  /** Whether it takes as much memory as its limit allows. */
  public boolean isFull(Limits.Window window) {
    return held() >= window.bytesMax();
  }

  /** This map as of the command with this index: without the entries that left the window. */
  public Requests after(long index, long millis, Limits.Window window) {
    TreePMap<Long, Long> noted = times;
    long apart = Math.max(1, window.millis() / TIMES);
    if (noted.isEmpty() || millis - noted.lastEntry().getValue() >= apart) {
      noted = noted.plus(index, millis);
    }
    while (noted.size() > 1 && isOut(noted.higherEntry(noted.firstKey()), millis, window)) {
      noted = noted.minusFirstEntry();
    }
    long byTime = isOut(noted.firstEntry(), millis, window) ? noted.firstKey() : 0;
    long end = Math.max(floor, Math.min(byTime, index - window.commands()));
    StateCheck.that(end <= index, "the floor is not above this command", end, index);
    Requests left = new Requests(byId, byIndex, noted, bytes, end);
    while (!left.byIndex.isEmpty() && left.byIndex.firstKey() < end) {
      left = left.withoutOldest();
    }
    return left;
  }

  private static boolean isOut(
      java.util.Map.Entry<Long, Long> noted, long millis, Limits.Window window) {
    return noted.getValue() <= millis - window.millis();
  }

  /** This map without the oldest answers that exceed the memory limit. */
  public Requests fitting(Limits.Window window) {
    Requests left = this;
    while (!left.byIndex.isEmpty() && left.isFull(window)) {
      left = left.withoutOldest();
    }
    return left;
  }

  private Requests withoutOldest() {
    String oldest = byIndex.firstEntry().getValue();
    CachedReply cachedReply = byId.get(oldest);
    StateCheck.that(cachedReply != null, "a remembered index refers to an answer");
    return new Requests(
        byId.minus(oldest),
        byIndex.minusFirstEntry(),
        times,
        bytes - (cachedReply == null ? 0 : cachedReply.bytes()),
        floor);
  }
}

package io.synod.state;

import org.jspecify.annotations.Nullable;

/**
 * The sizes of the bounded parts of a state, counted independently.
 *
 * @param digests the largest number of digests of one copy
 * @param snapshots the largest number of snapshots of one consumer
 */
public record MeasuredState(int digests, int snapshots) {
  /** The memory of a remembered request, without its answer. */
  private static final long ENTRY_BYTES = 320;

  /** Measures a state. */
  public static MeasuredState of(State state) {
    int digests = 0;
    int snapshots = 0;
    for (Consumer consumer : state.consumers()) {
      snapshots = Math.max(snapshots, consumer.snapshots().size());
      for (Consumer.Copy copy : consumer.copies().values()) {
        digests = Math.max(digests, copy.digests().byIndex().size());
      }
    }
    return new MeasuredState(digests, snapshots);
  }

  /** The excess of this state over a bound that is cheap to check; null if there is none. */
  public static @Nullable String excess(State state) {
    Limits limits = state.limits();
    if (state.callerSessionCount() > limits.sessionsMax()) {
      return state.sessionCount() + " sessions";
    }
    if (state.consumers().size() > limits.consumersMax()) {
      return state.consumers().size() + " consumers";
    }
    State.RequestMemory requestMemory = state.rest().requestMemory();
    String first = excess(state, requestMemory.requests(), limits.requests());
    return first != null ? first : excess(state, requestMemory.openings(), limits.openings());
  }

  private static @Nullable String excess(State state, Requests requests, Limits.Window window) {
    if (requests.byId().size() != requests.byIndex().size()) {
      return requests.byId().size() + " requests, " + requests.byIndex().size() + " in their order";
    }
    if (requests.byIndex().isEmpty()) {
      return requests.bytes() == 0 ? null : requests.bytes() + " bytes of no requests";
    }
    // An excess by the newest answer is removed by the next command.
    CachedReply newest = requests.byId().get(requests.byIndex().lastEntry().getValue());
    long others = requests.byId().size() - 1L;
    long bytes = requests.bytes() - (newest == null ? 0 : newest.bytes()) + ENTRY_BYTES * others;
    long oldest = requests.byIndex().firstKey();
    // Log time is noted at intervals, so that an answer which has just left the window may still be
    // there.
    var next = requests.times().higherEntry(oldest);
    long outMillis =
        requests.times().lastEntry().getValue() - window.millis() - window.millis() / 8 - 2;
    boolean isOut =
        oldest < state.index() - window.commands() && next != null && next.getValue() < outMillis;
    return isOut || bytes > window.bytesMax()
        ? "requests from " + requests.byIndex().firstKey() + " on, " + bytes + " bytes"
        : null;
  }

  /** As {@link #excess}, with the bounds of each session and the totals. */
  public static @Nullable String excessOfAny(State state) {
    long answers = 0;
    long bytes = 0;
    for (Session session : state.table().byId().values()) {
      answers += session.cachedReplies().size();
      long own = 0;
      for (CachedReply cachedReply : session.cachedReplies().values()) {
        own += cachedReply.bytes();
      }
      bytes += own;
      if (session.cachedReplies().size() > state.limits().aheadMax()
          || own != session.answerBytes()) {
        return "session "
            + session.id()
            + " with "
            + session.cachedReplies().size()
            + " answers, "
            + own;
      }
    }
    boolean counted =
        answers == state.table().answerCount() && bytes == state.table().answerBytes();
    return counted ? excess(state) : answers + " answers that are not counted";
  }
}

package io.synod.state;

import org.jspecify.annotations.Nullable;

/**
 * What of a state is bounded, counted from beside it.
 *
 * @param digests the most that are remembered of one copy of a consumer
 * @param snapshots the most that are known of one consumer
 */
public record Weighed(int digests, int snapshots) {

  /** Counts. */
  public static Weighed of(State state) {
    int digests = 0;
    int snapshots = 0;
    for (Consumer consumer : state.consumers()) {
      snapshots = Math.max(snapshots, consumer.snapshots().size());
      for (Consumer.Copy copy : consumer.copies().values()) {
        digests = Math.max(digests, copy.digests().byIndex().size());
      }
    }
    return new Weighed(digests, snapshots);
  }

  /** A bound that this state does not keep, which needs no counting; null if it keeps them. */
  public static @Nullable String excess(State state) {
    Requests requests = state.rest().requests();
    if (state.sessionCount() > SessionTable.SESSIONS_MAX) {
      return state.sessionCount() + " sessions";
    }
    if (state.consumers().size() > Consumers.MAX) {
      return state.consumers().size() + " consumers";
    }
    if (requests.byId().size() != requests.byIndex().size()) {
      return requests.byId().size() + " requests, " + requests.byIndex().size() + " in their order";
    }
    if (requests.byIndex().isEmpty()) {
      return requests.bytes() == 0 ? null : requests.bytes() + " bytes of no requests";
    }
    // What is too much goes with the next command.
    Answer newest = requests.byId().get(requests.byIndex().lastEntry().getValue());
    long bytes = requests.bytes() - (newest == null ? 0 : newest.bytes());
    return requests.byIndex().firstKey() < state.index() - Requests.WINDOW
            || bytes > Requests.BYTES_MAX
        ? "requests from " + requests.byIndex().firstKey() + " on, " + bytes + " bytes"
        : null;
  }

  /** The same, and whether every session keeps its own bounds and all are counted. */
  public static @Nullable String excessOfAny(State state) {
    long answers = 0;
    long bytes = 0;
    for (Session session : state.table().byId().values()) {
      answers += session.answers().size();
      long own = 0;
      for (Answer answer : session.answers().values()) {
        own += answer.bytes();
      }
      bytes += own;
      if (session.answers().size() > SessionTable.AHEAD_MAX || own != session.answerBytes()) {
        return "session " + session.id() + " with " + session.answers().size() + " answers, " + own;
      }
    }
    boolean counted =
        answers == state.table().answerCount() && bytes == state.table().answerBytes();
    return counted ? excess(state) : answers + " answers that are not counted";
  }
}

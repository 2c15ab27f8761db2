package io.synod.state;

import io.synod.state.command.Entry;
import io.synod.state.command.SessionKind;
import io.synod.state.result.Result;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The sessions of the {@link Model}. */
final class ModelSessions {
  private final Limits limits;
  private final TreeMap<Long, ModelSession> byId = new TreeMap<>();
  private long answers;
  private long bytes;

  /** An open session. */
  final class ModelSession {
    final long id;
    final int node;
    final String name;
    final long ttlMillis;
    final String lock;
    final TreeMap<Long, ModelRequests.RememberedRequest> known = new TreeMap<>();
    long renewed;
    long used;
    long ackedBelow = 1;
    SessionKind kind = SessionKind.CALLER;

    private ModelSession(long id, Entry entry, long ttlMillis, String lock) {
      this.id = id;
      this.node = entry.node();
      this.name = entry.contentType();
      this.ttlMillis = ttlMillis;
      this.lock = lock;
      this.renewed = id;
      this.used = id;
    }

    /** The refusal of an entry in this session; null if it may be executed. */
    @Nullable Result refusal(Entry entry) {
      if (entry.sequence() < ackedBelow) {
        return new Result.SequenceForgotten(ackedBelow);
      }
      ModelRequests.RememberedRequest before = known.get(entry.sequence());
      if (before != null) {
        Result again = before.again(entry);
        return again == null ? new Result.SequenceReused() : again;
      }
      long open = Math.max(1, Math.min(entry.ackedBelow(), entry.sequence()));
      int most = limits.aheadMax();
      return entry.sequence() - open >= most ? new Result.SequenceAhead(most) : null;
    }
  }

  ModelSessions(Limits limits) {
    this.limits = limits;
  }

  Iterable<ModelSession> all() {
    return byId.values();
  }

  @Nullable ModelSession get(long id) {
    return byId.get(id);
  }

  int count() {
    return byId.size();
  }

  long answers() {
    return answers;
  }

  long bytes() {
    return bytes;
  }

  ModelSession open(long index, Entry entry, long ttlMillis, String lock) {
    ModelSession modelSession = new ModelSession(index, entry, ttlMillis, lock);
    byId.put(index, modelSession);
    return modelSession;
  }

  /** A node's own session of this kind; null if there is none. */
  @Nullable ModelSession own(int node, SessionKind kind) {
    return byId.values().stream()
        .filter(modelSession -> modelSession.node == node && modelSession.kind == kind)
        .findFirst()
        .orElse(null);
  }

  private List<ModelSession> ofCallers() {
    return byId.values().stream()
        .filter(modelSession -> modelSession.kind == SessionKind.CALLER)
        .toList();
  }

  void remove(ModelSession modelSession) {
    byId.remove(modelSession.id);
    modelSession.known.values().forEach(this::remove);
  }

  void renew(long id, long index) {
    ModelSession modelSession = byId.get(id);
    if (modelSession != null) {
      modelSession.renewed = index;
      modelSession.used = index;
    }
  }

  /** Forgets acknowledged answers; returns whether too many are left. */
  boolean acknowledge(ModelSession modelSession, Entry entry) {
    modelSession.ackedBelow =
        Math.max(modelSession.ackedBelow, Math.min(entry.ackedBelow(), entry.sequence()));
    var acked = modelSession.known.headMap(modelSession.ackedBelow, false);
    acked.values().forEach(this::remove);
    acked.clear();
    long own =
        modelSession.known.values().stream()
            .mapToLong(ModelRequests.RememberedRequest::bytes)
            .sum();
    Limits.Answers most = limits.answers();
    if (own > most.sessionBytesMax() || modelSession.kind != SessionKind.CALLER) {
      return own > most.sessionBytesMax();
    }
    if (bytes <= most.bytesMax() && answers <= most.countMax()) {
      return false;
    }
    long allBytes = 0;
    long allAnswers = 0;
    for (ModelSession each : ofCallers()) {
      allAnswers += each.known.size();
      allBytes +=
          each.known.values().stream().mapToLong(ModelRequests.RememberedRequest::bytes).sum();
    }
    return (allBytes > most.bytesMax() && own > most.sessionBytesMax() / 256)
        || (allAnswers > most.countMax() && modelSession.known.size() > most.countMax() / 16_384);
  }

  void answer(
      ModelSession modelSession,
      Entry entry,
      ModelRequests.RememberedRequest remembered,
      long index) {
    modelSession.used = index;
    modelSession.known.put(entry.sequence(), remembered);
    answers++;
    bytes += remembered.bytes();
  }

  private void remove(ModelRequests.RememberedRequest remembered) {
    answers--;
    bytes -= remembered.bytes();
  }

  /** Whether the limit is reached with sessions that can only expire. */
  boolean isFull() {
    List<ModelSession> all = byId.size() < limits.sessionsMax() ? List.of() : ofCallers();
    return all.size() >= limits.sessionsMax()
        && all.stream().allMatch(modelSession -> modelSession.ttlMillis > 0);
  }

  /**
   * The session to close because there are too many; sessions with a time to live are never closed
   * for that.
   */
  @Nullable ModelSession tooMuch(long current) {
    List<ModelSession> all = byId.size() <= limits.sessionsMax() ? List.of() : ofCallers();
    if (all.size() <= limits.sessionsMax()) {
      return null;
    }
    return all.stream()
        .filter(modelSession -> modelSession.id != current && modelSession.ttlMillis == 0)
        .min(
            Comparator.<ModelSession>comparingLong(modelSession -> modelSession.used)
                .thenComparingLong(modelSession -> modelSession.id))
        .orElse(null);
  }
}

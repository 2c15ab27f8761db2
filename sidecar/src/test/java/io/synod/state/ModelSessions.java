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
  private final TreeMap<Long, Sitting> byId = new TreeMap<>();
  private long answers;
  private long bytes;

  /** An open session. */
  final class Sitting {
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

    private Sitting(long id, Entry entry, long ttlMillis, String lock) {
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

  Iterable<Sitting> all() {
    return byId.values();
  }

  @Nullable Sitting get(long id) {
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

  Sitting open(long index, Entry entry, long ttlMillis, String lock) {
    Sitting sitting = new Sitting(index, entry, ttlMillis, lock);
    byId.put(index, sitting);
    return sitting;
  }

  /** A node's own session of this kind; null if there is none. */
  @Nullable Sitting own(int node, SessionKind kind) {
    return byId.values().stream()
        .filter(sitting -> sitting.node == node && sitting.kind == kind)
        .findFirst()
        .orElse(null);
  }

  private List<Sitting> ofCallers() {
    return byId.values().stream().filter(sitting -> sitting.kind == SessionKind.CALLER).toList();
  }

  void remove(Sitting sitting) {
    byId.remove(sitting.id);
    sitting.known.values().forEach(this::forget);
  }

  void renew(long id, long index) {
    Sitting sitting = byId.get(id);
    if (sitting != null) {
      sitting.renewed = index;
      sitting.used = index;
    }
  }

  /** Forgets acknowledged answers; returns whether too many are left. */
  boolean acknowledge(Sitting sitting, Entry entry) {
    sitting.ackedBelow =
        Math.max(sitting.ackedBelow, Math.min(entry.ackedBelow(), entry.sequence()));
    var acked = sitting.known.headMap(sitting.ackedBelow, false);
    acked.values().forEach(this::forget);
    acked.clear();
    long own =
        sitting.known.values().stream().mapToLong(ModelRequests.RememberedRequest::bytes).sum();
    Limits.Answers most = limits.answers();
    if (own > most.sessionBytesMax() || sitting.kind != SessionKind.CALLER) {
      return own > most.sessionBytesMax();
    }
    if (bytes <= most.bytesMax() && answers <= most.countMax()) {
      return false;
    }
    long allBytes = 0;
    long allAnswers = 0;
    for (Sitting each : ofCallers()) {
      allAnswers += each.known.size();
      allBytes +=
          each.known.values().stream().mapToLong(ModelRequests.RememberedRequest::bytes).sum();
    }
    return (allBytes > most.bytesMax() && own > most.sessionBytesMax() / 256)
        || (allAnswers > most.countMax() && sitting.known.size() > most.countMax() / 16_384);
  }

  void answer(
      Sitting sitting, Entry entry, ModelRequests.RememberedRequest remembered, long index) {
    sitting.used = index;
    sitting.known.put(entry.sequence(), remembered);
    answers++;
    bytes += remembered.bytes();
  }

  private void forget(ModelRequests.RememberedRequest remembered) {
    answers--;
    bytes -= remembered.bytes();
  }

  /** Whether the limit is reached with sessions that can only expire. */
  boolean isFull() {
    List<Sitting> all = byId.size() < limits.sessionsMax() ? List.of() : ofCallers();
    return all.size() >= limits.sessionsMax()
        && all.stream().allMatch(sitting -> sitting.ttlMillis > 0);
  }

  /**
   * The session to close because there are too many; sessions with a time to live are never closed
   * for that.
   */
  @Nullable Sitting tooMuch(long current) {
    List<Sitting> all = byId.size() <= limits.sessionsMax() ? List.of() : ofCallers();
    if (all.size() <= limits.sessionsMax()) {
      return null;
    }
    return all.stream()
        .filter(sitting -> sitting.id != current && sitting.ttlMillis == 0)
        .min(
            Comparator.<Sitting>comparingLong(sitting -> sitting.used)
                .thenComparingLong(sitting -> sitting.id))
        .orElse(null);
  }
}

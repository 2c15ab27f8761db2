package io.synod.state;

import java.util.Comparator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The sessions of the {@link Model}. */
final class ModelSessions {
  private static final int SESSIONS_MAX = 10_000;
  private static final int ANSWERS_MAX = 1 << 20;
  private static final long ANSWER_BYTES_MAX = 64L << 20;
  private static final int AHEAD_MAX = 1 << 14;

  private final TreeMap<Long, Sitting> byId = new TreeMap<>();
  private long answers;
  private long bytes;

  /** An open session. */
  static final class Sitting {
    final long id;
    final int node;
    final String name;
    final long ttlMillis;
    final String lock;
    final TreeMap<Long, Model.Known> known = new TreeMap<>();
    long renewed;
    long used;
    long ackedBelow = 1;

    private Sitting(long id, Entry entry, long ttlMillis, String lock) {
      this.id = id;
      this.node = entry.node();
      this.name = entry.contentType();
      this.ttlMillis = ttlMillis;
      this.lock = lock;
      this.renewed = id;
      this.used = id;
    }

    /** What an entry is answered that must not be done; null if it may. */
    @Nullable Result refusal(Entry entry) {
      if (entry.sequence() < ackedBelow) {
        return new Result.SequenceForgotten(ackedBelow);
      }
      Model.Known before = known.get(entry.sequence());
      if (before != null) {
        Result again = before.again(entry);
        return again == null ? new Result.SequenceReused() : again;
      }
      long open = Math.max(ackedBelow, Math.min(entry.ackedBelow(), entry.sequence()));
      return entry.sequence() >= open + AHEAD_MAX ? new Result.SequenceAhead(AHEAD_MAX) : null;
    }
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

  void open(long index, Entry entry, long ttlMillis, String lock) {
    byId.put(index, new Sitting(index, entry, ttlMillis, lock));
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

  /** Forgets what is acknowledged; returns whether too much is left. */
  boolean acknowledge(Sitting sitting, Entry entry) {
    sitting.ackedBelow =
        Math.max(sitting.ackedBelow, Math.min(entry.ackedBelow(), entry.sequence()));
    var acked = sitting.known.headMap(sitting.ackedBelow, false);
    acked.values().forEach(this::forget);
    acked.clear();
    long own = sitting.known.values().stream().mapToLong(Model.Known::bytes).sum();
    return own > 16L << 20
        || (bytes > ANSWER_BYTES_MAX && own > 64L << 10)
        || (answers > ANSWERS_MAX && sitting.known.size() > 64);
  }

  void answer(Sitting sitting, Entry entry, Model.Known known, long index) {
    sitting.used = index;
    sitting.known.put(entry.sequence(), known);
    answers++;
    bytes += known.bytes();
  }

  private void forget(Model.Known known) {
    answers--;
    bytes -= known.bytes();
  }

  /** Whether all are such that end by themselves, and as many as may be. */
  boolean isFull() {
    return byId.size() >= SESSIONS_MAX
        && byId.values().stream().allMatch(sitting -> sitting.ttlMillis > 0);
  }

  /** Who has to go because there is too much: never who ends by itself. */
  @Nullable Sitting tooMuch(long current) {
    if (byId.size() <= SESSIONS_MAX) {
      return null;
    }
    return byId.values().stream()
        .filter(sitting -> sitting.id != current && sitting.ttlMillis == 0)
        .min(
            Comparator.<Sitting>comparingLong(sitting -> sitting.used)
                .thenComparingLong(sitting -> sitting.id))
        .orElse(null);
  }
}

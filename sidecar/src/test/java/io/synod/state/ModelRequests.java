package io.synod.state;

import io.synod.state.command.Entry;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests with ids that the {@link Model} remembers. */
final class ModelRequests {
  private static final long ENTRY_BYTES = 320;

  private record Time(long index, long millis) {}

  /** A remembered command, with its whole entry. */
  record RememberedRequest(long index, long slot, long millis, Entry entry, Result result) {

    /** The answer to a repetition of the command; null if {@code other} is a different one. */
    @Nullable Result again(Entry other) {
      boolean same =
          entry.kind() == other.kind()
              && entry.contentType().equals(other.contentType())
              && entry.payload().equals(other.payload());
      if (!same) {
        return null;
      }
      return result instanceof Result.Effect effect
          ? new Result.Repetition(index, slot, millis, entry.attempt(), effect.reply())
          : result;
    }

    long bytes() {
      return result instanceof Result.Effect effect ? ModelPairs.bytes(effect.reply()) : 0;
    }
  }

  private final Limits.Window window;
  private final Map<String, RememberedRequest> byName = new LinkedHashMap<>();
  // Log time at some indexes, none of which is forgotten.
  private final List<Time> noted = new ArrayList<>();
  // The position of the last of them outside the window; the first if there is none.
  private int old;
  private long floor;
  private long bytes;

  ModelRequests(Limits.Window window) {
    this.window = window;
  }

  int count() {
    return byName.size();
  }

  long bytes() {
    return bytes;
  }

  @Nullable RememberedRequest get(String name) {
    return byName.get(name);
  }

  void remember(String name, RememberedRequest remembered) {
    byName.put(name, remembered);
    bytes += remembered.bytes();
  }

  boolean isTooLate(long born) {
    return born < floor;
  }

  boolean isFull() {
    return bytes + ENTRY_BYTES * count() >= window.bytesMax();
  }

  /** Begins a command: forgets the answers that left the window by number or by time. */
  void begin(long index, long millis) {
    boolean due =
        noted.isEmpty()
            || millis >= noted.get(noted.size() - 1).millis() + Math.max(1, window.millis() / 16);
    if (due) {
      noted.add(new Time(index, millis));
    }
    while (old + 1 < noted.size() && noted.get(old + 1).millis() <= millis - window.millis()) {
      old++;
    }
    boolean isOut = noted.get(old).millis() <= millis - window.millis();
    floor =
        Math.max(floor, Math.min(isOut ? noted.get(old).index() : 0, index - window.commands()));
    Iterator<RememberedRequest> oldest = byName.values().iterator();
    while (oldest.hasNext() && expires(oldest.next())) {
      oldest.remove();
    }
  }

  /** Forgets the oldest answers while all together exceed the limit. */
  void fit() {
    Iterator<RememberedRequest> oldest = byName.values().iterator();
    while (isFull() && oldest.hasNext()) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  private boolean expires(RememberedRequest remembered) {
    boolean gone = remembered.index() < floor;
    bytes -= gone ? remembered.bytes() : 0;
    return gone;
  }
}

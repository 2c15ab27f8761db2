package io.synod.state;

import java.util.ArrayList;
import java.util.List;

/**
 * The replicated state: a deterministic function of the chosen slots. It reads no clock; its time
 * is log time, which never runs back.
 */
public final class Machine {
  /** How many sequences above the acknowledged ones a session may use. */
  public static final int SEQUENCES_AHEAD_MAX = Sessions.AHEAD_MAX;

  private final Sessions sessions = new Sessions();
  // Invariant: exactly the slots 1 to appliedSlot were applied.
  private long appliedSlot;
  private long appliedIndex;
  private long logTimeMillis;
  private long digest;

  /**
   * Applies the next slot.
   *
   * @param commands what was chosen for it, in order; none for a no-op
   */
  public List<Applied> apply(long slot, long slotTimeMillis, List<byte[]> commands) {
    if (slot != appliedSlot + 1) {
      throw new IllegalStateException("slot " + slot + " applied after " + appliedSlot);
    }
    appliedSlot = slot;
    logTimeMillis = Math.max(logTimeMillis, slotTimeMillis);
    digest = Digest.with(Digest.with(digest, slot), slotTimeMillis);
    List<Applied> applied = new ArrayList<>(commands.size());
    int position = 0;
    for (byte[] command : commands) {
      appliedIndex++;
      digest = Digest.of(digest, command);
      Entry entry = Entry.decode(command);
      Result result = entry == null ? new Result.Malformed() : apply(entry);
      applied.add(new Applied(appliedIndex, position++, entry, result));
    }
    return applied;
  }

  private Result apply(Entry entry) {
    return switch (entry.kind()) {
      case COMMAND ->
          sessions.admit(
              entry,
              new Sessions.Answer(
                  appliedIndex,
                  appliedSlot,
                  logTimeMillis,
                  Digest.of(entry.contentType().hashCode(), entry.payload().bytes())));
      case OPEN_SESSION -> {
        sessions.open(appliedIndex);
        yield new Result.Effect();
      }
      case CLOSE_SESSION ->
          sessions.close(entry.session()) ? new Result.Effect() : new Result.SessionUnknown();
    };
  }

  /** The last applied slot. */
  public long appliedSlot() {
    return appliedSlot;
  }

  /** The index of the last applied command. */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** Log time of the last applied slot, in milliseconds since the epoch. */
  public long logTimeMillis() {
    return logTimeMillis;
  }

  /** A rolling digest of everything applied: equal on all nodes at equal {@link #appliedSlot}. */
  public long digest() {
    return digest;
  }

  /** How many sessions are open. */
  public int openSessions() {
    return sessions.count();
  }
}

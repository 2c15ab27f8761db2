package io.synod.client;

import io.synod.v1.SessionSequence;
import java.util.TreeSet;

/** An open session: it assigns sequences and tracks which of them are settled. Thread-safe. */
final class ProposerSession {
  private final String id;
  private final TreeSet<Long> open = new TreeSet<>();
  private long last;

  ProposerSession(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  /** A new sequence, which is open until it is {@link #settled}. */
  synchronized long take() {
    last++;
    open.add(last);
    return last;
  }

  /** The place of an open sequence, which acknowledges everything below the lowest open one. */
  synchronized SessionSequence place(long sequence) {
    return SessionSequence.newBuilder()
        .setSessionId(id)
        .setSequence(sequence)
        .setAckedBelow(open.first())
        .build();
  }

  /** Marks a sequence whose answer is no longer needed. */
  synchronized void settled(long sequence) {
    open.remove(sequence);
  }
}

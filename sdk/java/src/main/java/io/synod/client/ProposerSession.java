package io.synod.client;

import io.synod.v1.SessionSequence;
import java.util.TreeSet;

/** One open session: hands out sequences and knows which of them are settled. Thread-safe. */
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

  /** A sequence that nobody had before; open until it is {@link #settled}. */
  synchronized long take() {
    last++;
    open.add(last);
    return last;
  }

  /** The place of an open sequence: everything below the lowest open one may be forgotten. */
  synchronized SessionSequence place(long sequence) {
    return SessionSequence.newBuilder()
        .setSessionId(id)
        .setSequence(sequence)
        .setAckedBelow(open.first())
        .build();
  }

  /** Nobody waits for this sequence any more. */
  synchronized void settled(long sequence) {
    open.remove(sequence);
  }
}

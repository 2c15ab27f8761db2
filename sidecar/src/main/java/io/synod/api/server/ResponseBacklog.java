package io.synod.api.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The answers of all calls that their callers have not taken yet, in bytes: they stay in memory
 * until the network has them. Streams are not counted, for they wait until their reader is ready.
 * Any thread may call any method.
 */
final class ResponseBacklog {
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  ResponseBacklog(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  long bytes() {
    return bytes.get();
  }

  boolean isFull() {
    return bytes.get() >= bytesMax;
  }

  /** Whether there is no room even for those who find out what is wrong. */
  boolean isCrammed() {
    return bytes.get() >= 2 * bytesMax;
  }

  /** Counts an answer if there is room for it; for one alone there always is. */
  boolean addIfRoom(long size) {
    long before = bytes.get();
    while (before == 0 || before + size <= bytesMax) {
      if (bytes.compareAndSet(before, before + size)) {
        return true;
      }
      before = bytes.get();
    }
    return false;
  }

  /** Counts an answer that must be given: what it tells was done. */
  void add(long size) {
    bytes.addAndGet(size);
  }

  /** It was taken, or nobody waits for it. */
  void remove(long size) {
    bytes.addAndGet(-size);
  }
}

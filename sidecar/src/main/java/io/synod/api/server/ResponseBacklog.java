package io.synod.api.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of responses that clients have not read yet, which stay in memory until they are
 * sent. Streams are not counted, since they wait until their reader is ready. Any thread may call
 * any method.
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

  /** Whether even the calls of operators must be refused. */
  boolean isCrammed() {
    return bytes.get() >= 2 * bytesMax;
  }

  /** Counts a response if it fits; a single one always fits. */
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

  /** Counts a response that must be sent, since its call was executed. */
  void add(long size) {
    bytes.addAndGet(size);
  }

  /** Uncounts a response that was read, or whose call was cancelled. */
  void remove(long size) {
    bytes.addAndGet(-size);
  }
}

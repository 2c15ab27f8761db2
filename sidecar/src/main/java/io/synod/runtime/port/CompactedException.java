package io.synod.runtime.port;

/** Reports that a requested part of the log was trimmed. */
public final class CompactedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long index;
  private final long oldestIndex;

  /** With the requested index and the first that is left. */
  public CompactedException(long index, long oldestIndex) {
    super("index " + index + " was trimmed; the log begins with " + oldestIndex);
    this.index = index;
    this.oldestIndex = oldestIndex;
  }

  /** The requested index. */
  public long index() {
    return index;
  }

  /** The first index that can be read. */
  public long oldestIndex() {
    return oldestIndex;
  }
}

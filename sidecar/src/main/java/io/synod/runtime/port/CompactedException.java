package io.synod.runtime.port;

/** A part of the log is wanted that was trimmed. */
public final class CompactedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long index;
  private final long oldestIndex;

  /** With what was wanted and what there is. */
  public CompactedException(long index, long oldestIndex) {
    super("index " + index + " was trimmed; the log begins with " + oldestIndex);
    this.index = index;
    this.oldestIndex = oldestIndex;
  }

  /** What was wanted. */
  public long index() {
    return index;
  }

  /** The first index that can be read. */
  public long oldestIndex() {
    return oldestIndex;
  }
}

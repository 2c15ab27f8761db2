package io.synod.paxos;

/**
 * How much something holds, counted one by one: for those who look whether it keeps its bounds.
 *
 * @param count how many things
 * @param bytes what they hold
 */
public record MemoryUse(long count, long bytes) {
  /** Nothing. */
  public static final MemoryUse NONE = new MemoryUse(0, 0);

  /** And one thing more. */
  public MemoryUse with(long size) {
    return new MemoryUse(count + 1, bytes + size);
  }
}

package io.synod.paxos;

/**
 * An amount of memory, counted one by one, for checks that bounds are kept.
 *
 * @param count how many things are held
 * @param bytes the memory they take
 */
public record MemoryUse(long count, long bytes) {
  /** Nothing. */
  public static final MemoryUse NONE = new MemoryUse(0, 0);

  /** This and one more thing of that size. */
  public MemoryUse with(long size) {
    return new MemoryUse(count + 1, bytes + size);
  }
}

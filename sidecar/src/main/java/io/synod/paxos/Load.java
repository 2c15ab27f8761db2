package io.synod.paxos;

/**
 * How much something holds, counted one by one: for those who look whether it keeps its bounds.
 *
 * @param count how many things
 * @param bytes what they hold
 */
public record Load(long count, long bytes) {
  /** Nothing. */
  public static final Load NONE = new Load(0, 0);

  /** And one thing more. */
  public Load with(long size) {
    return new Load(count + 1, bytes + size);
  }
}

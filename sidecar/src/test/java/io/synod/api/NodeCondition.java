package io.synod.api;

/** The condition of a {@link MemoryNode}. */
public enum NodeCondition {
  WELL,
  /** Two of three voters are down. */
  ALONE,
  /** Too many proposals are pending. */
  FULL,
  /** Proposals wait for {@link MemoryNode#release} or their deadline. */
  SLOW,
  /** Another node leads. */
  FOLLOWING,
  /** The cluster cannot form. */
  BLOCKED,
  /** An unexpected exception is thrown. */
  BROKEN
}

package io.synod.api;

/** How the node feels. */
public enum NodeCondition {
  WELL,
  /** Two of three are gone. */
  ALONE,
  /** Too much waits. */
  FULL,
  /** What is proposed waits for {@link MemoryNode#release}, or for its time to be up. */
  SLOW,
  /** Another node leads. */
  FOLLOWING,
  /** The cluster cannot form. */
  BLOCKED,
  /** A mistake of its own. */
  BROKEN
}

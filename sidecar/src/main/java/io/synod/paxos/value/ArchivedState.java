package io.synod.paxos.value;

import org.jspecify.annotations.Nullable;

/**
 * What the archived slots of a disk led to.
 *
 * @param logTimeMillis the log time of the last one
 * @param memberships the memberships that were chosen in them since the cluster formed; null if
 *     none was
 */
public record ArchivedState(long logTimeMillis, @Nullable Memberships memberships) {
  /** Nothing is archived. */
  public static final ArchivedState NONE = new ArchivedState(0, null);
}

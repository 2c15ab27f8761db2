package io.synod.paxos.value;

/**
 * What a disk held before its cluster formed: nothing, or a state that was restored from a backup.
 * Voters form a cluster only if they all have the same one: otherwise those with less would choose
 * slots again that the others hold as chosen.
 *
 * @param slot the last slot of the restored state; 0 if the disk was empty
 * @param digest the rolling digest of the restored state
 * @param restore identifies the backup and how it was restored; 0 if the disk was empty
 */
public record Origin(long slot, long digest, long restore) {
  /** The origin of a disk that was empty. */
  public static final Origin EMPTY = new Origin(0, 0, 0);

  /** Whether the disk was empty. */
  public boolean isEmpty() {
    return equals(EMPTY);
  }
}

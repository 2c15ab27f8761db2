package io.synod.storage.tail;

/**
 * The owner of a disk. A disk of another cluster or node is refused.
 *
 * @param cluster the cluster
 * @param node the node
 * @param incarnation the incarnation of a new disk; a disk in use keeps its own
 * @param restore identifies the backup from which the disk was restored, and how; 0 if it began
 *     empty
 */
public record DiskIdentity(long cluster, int node, long incarnation, long restore) {

  /** The owner of a disk that begins empty. */
  public DiskIdentity(long cluster, int node, long incarnation) {
    this(cluster, node, incarnation, 0);
  }
}

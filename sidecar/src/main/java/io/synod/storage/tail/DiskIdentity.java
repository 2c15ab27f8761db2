package io.synod.storage.tail;

/**
 * The owner of a disk. A disk of another cluster or node is refused.
 *
 * @param cluster the cluster
 * @param node the node
 * @param incarnation the incarnation of a new disk; a disk in use keeps its own
 */
public record DiskIdentity(long cluster, int node, long incarnation) {}

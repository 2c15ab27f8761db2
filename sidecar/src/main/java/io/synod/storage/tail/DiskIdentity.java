package io.synod.storage.tail;

/**
 * Whose disk this is. One that is opened under another cluster or node is refused.
 *
 * @param cluster the cluster
 * @param node the node
 * @param incarnation what the disk is called if it is empty; one that is not keeps its own
 */
public record DiskIdentity(long cluster, int node, long incarnation) {}

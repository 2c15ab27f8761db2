package io.synod.runtime.backup;

import io.synod.paxos.value.SnapshotMark;

/**
 * What a backup is of.
 *
 * @param cluster the name of the cluster
 * @param formation the digest of its formation
 * @param node the node that wrote it
 * @param mark the position in the log of the state
 */
public record BackupHeader(String cluster, long formation, int node, SnapshotMark mark) {}

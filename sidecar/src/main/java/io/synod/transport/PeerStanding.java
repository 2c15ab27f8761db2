package io.synod.transport;

import org.jspecify.annotations.Nullable;

/**
 * What the data of a node began with, and whether its cluster is formed, as the handshake of a
 * stream says it.
 *
 * @param restore identifies the backup from which the node, or the cluster that it belongs to, was
 *     restored, and how; 0 if it began with empty disks
 * @param formed whether the node belongs to a formed cluster
 */
record PeerStanding(long restore, boolean formed) {
  /**
   * The standing of a node whose version knows no restored clusters. It reaches the nodes of
   * clusters that were not restored, as during an upgrade, and no others.
   */
  static final PeerStanding OLDER_VERSION = new PeerStanding(0, true);

  /**
   * Why a node with this standing has no streams with {@code caller}; null if it may. Nodes that
   * are not formed exchange greetings, to report how their data differ. An empty node may join any
   * formed cluster, since it learns everything; a restored one only a cluster of the same origin.
   */
  @Nullable String refusal(PeerStanding caller) {
    boolean empty = (restore == 0 && !formed) || (caller.restore == 0 && !caller.formed);
    if (restore == caller.restore || empty || (!formed && !caller.formed)) {
      return null;
    }
    return "the stream is of another cluster: "
        + (caller.restore == 0
            ? "the caller was not restored from the backup of this node"
            : restore == 0
                ? "the caller was restored from a backup, this node was not"
                : "the caller was restored from another backup, or with other options");
  }
}

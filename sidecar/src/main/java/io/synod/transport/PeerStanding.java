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
    String joins = formed ? "the caller" : "this node";
    return "the stream is of another cluster: "
        + caller.named("the caller")
        + ", and "
        + named("this node")
        + (formed && caller.formed
            ? "; correct the addresses of the peers"
            : "; " + joins + " joins with an empty data directory only");
  }

  private String named(String node) {
    String of = formed ? " belongs to a cluster that was " : " was ";
    return node
        + of
        + (restore == 0
            ? "not restored from a backup"
            : "restored from a backup with cluster digest " + Long.toHexString(restore));
  }
}

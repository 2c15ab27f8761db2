package io.synod.transport;

import java.util.Map;

/**
 * The identity and addresses of this node and its peers, and the bounds of the transport.
 *
 * @param cluster hash of the cluster's name and voters; equal on all its nodes
 * @param node this node
 * @param incarnation the identity of this node's disk
 * @param restore identifies the backup from which this disk was restored; 0 if it began empty
 * @param bind where to listen
 * @param peers where the other nodes listen
 * @param frameBytesMax the size of the largest frame; above the largest page plus one command
 * @param queueBytesMax how many bytes may wait for one slow peer before more are dropped
 * @param supportedLevel the highest level that this node supports
 */
public record PeerSettings(
    long cluster,
    int node,
    long incarnation,
    long restore,
    PeerAddress bind,
    Map<Integer, PeerAddress> peers,
    int frameBytesMax,
    int queueBytesMax,
    int supportedLevel) {
  private static final int FRAME_BYTES_MAX = 8 << 20;
  private static final int QUEUE_BYTES_MAX = 16 << 20;

  /** Copies the map. */
  public PeerSettings {
    peers = Map.copyOf(peers);
    if (peers.containsKey(node)) {
      throw new IllegalArgumentException("node " + node + " is named as its own peer");
    }
    if (frameBytesMax <= 0 || queueBytesMax <= 0) {
      throw new IllegalArgumentException("frameBytesMax and queueBytesMax must be above 0");
    }
  }

  /** Settings with bounds for commands and pages of up to 1 MiB, at the first level. */
  public static PeerSettings of(
      long cluster, int node, long incarnation, PeerAddress bind, Map<Integer, PeerAddress> peers) {
    return new PeerSettings(
        cluster, node, incarnation, 0, bind, peers, FRAME_BYTES_MAX, QUEUE_BYTES_MAX, 1);
  }

  /** The same with other bounds. */
  public PeerSettings withBounds(int frameBytes, int queueBytes) {
    return new PeerSettings(
        cluster, node, incarnation, restore, bind, peers, frameBytes, queueBytes, supportedLevel);
  }

  /** The same for a node that supports levels up to this one. */
  public PeerSettings withLevel(int supported) {
    return new PeerSettings(
        cluster, node, incarnation, restore, bind, peers, frameBytesMax, queueBytesMax, supported);
  }

  /** The same for a disk that was restored from this backup. */
  public PeerSettings restoredFrom(long backup) {
    return new PeerSettings(
        cluster,
        node,
        incarnation,
        backup,
        bind,
        peers,
        frameBytesMax,
        queueBytesMax,
        supportedLevel);
  }
}

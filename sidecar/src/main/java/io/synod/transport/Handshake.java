package io.synod.transport;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers that open a stream, so that a wrong one is refused before its first frame: the
 * cluster, the caller, the node it means to call, the caller's process, the highest level that it
 * supports, and what its data began with. The answer states the process that was reached. A process
 * is a random number drawn at its start: when a peer's new process calls, connections to its old
 * one are dead, even if no packet ever reports it.
 */
record Handshake(
    long cluster, int from, int to, long process, int supportedLevel, PeerStanding standing) {
  private static final Metadata.Key<String> CLUSTER = key("synod-cluster");
  private static final Metadata.Key<String> FROM = key("synod-from");
  private static final Metadata.Key<String> TO = key("synod-to");
  private static final Metadata.Key<String> PROCESS = key("synod-process");
  private static final Metadata.Key<String> LEVEL = key("synod-level");
  private static final Metadata.Key<String> RESTORE = key("synod-restore");
  private static final Metadata.Key<String> FORMED = key("synod-formed");

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** The handshake as headers of a stream. */
  Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(CLUSTER, Long.toHexString(cluster));
    headers.put(FROM, Integer.toString(from));
    headers.put(TO, Integer.toString(to));
    headers.put(PROCESS, Long.toHexString(process));
    headers.put(LEVEL, Integer.toString(supportedLevel));
    headers.put(RESTORE, Long.toHexString(standing.restore()));
    headers.put(FORMED, Boolean.toString(standing.formed()));
    return headers;
  }

  /** Reads the headers of a stream; null if they are not those of a peer. */
  static @Nullable Handshake of(Metadata headers) {
    String cluster = headers.get(CLUSTER);
    String from = headers.get(FROM);
    String to = headers.get(TO);
    String process = headers.get(PROCESS);
    String level = headers.get(LEVEL);
    if (cluster == null || from == null || to == null || process == null || level == null) {
      return null;
    }
    try {
      PeerStanding standing = standing(headers.get(RESTORE), headers.get(FORMED));
      if (standing == null) {
        return null;
      }
      return new Handshake(
          Long.parseUnsignedLong(cluster, 16),
          Integer.parseInt(from),
          Integer.parseInt(to),
          Long.parseUnsignedLong(process, 16),
          Integer.parseInt(level),
          standing);
    } catch (NumberFormatException notNumbers) {
      return null;
    }
  }

  private static @Nullable PeerStanding standing(
      @Nullable String restore, @Nullable String formed) {
    if (restore == null && formed == null) {
      return PeerStanding.OLDER_VERSION;
    }
    boolean known = "true".equals(formed) || "false".equals(formed);
    return restore == null || !known
        ? null
        : new PeerStanding(Long.parseUnsignedLong(restore, 16), "true".equals(formed));
  }

  /**
   * Why a node with these {@code peers} refuses this caller; null if it does not.
   *
   * @param own the handshake of a stream of the node to itself
   */
  @Nullable Status refusal(Handshake own, Set<Integer> peers) {
    int self = own.to;
    String why;
    if (cluster != own.cluster) {
      why = "the stream is of another cluster";
    } else if (to != self) {
      why = "the stream is meant for node " + to + ", but this is node " + self;
    } else if (!peers.contains(from)) {
      why = "node " + from + " is no peer of node " + self;
    } else {
      why = own.standing.refusal(standing);
    }
    return why == null ? null : Status.FAILED_PRECONDITION.withDescription(why);
  }
}

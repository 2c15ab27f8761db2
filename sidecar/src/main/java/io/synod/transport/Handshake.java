package io.synod.transport;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers that open a stream, so that a wrong one is refused before its first frame: the
 * cluster, the caller, the node it means to call, the caller's process, and the highest level that
 * it supports. The answer states the process that was reached. A process is a random number drawn
 * at its start: when a peer's new process calls, connections to its old one are dead, even if no
 * packet ever reports it.
 */
record Handshake(long cluster, int from, int to, long process, int supportedLevel) {
  private static final Metadata.Key<String> CLUSTER = key("synod-cluster");
  private static final Metadata.Key<String> FROM = key("synod-from");
  private static final Metadata.Key<String> TO = key("synod-to");
  private static final Metadata.Key<String> PROCESS = key("synod-process");
  private static final Metadata.Key<String> LEVEL = key("synod-level");

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
      return new Handshake(
          Long.parseUnsignedLong(cluster, 16),
          Integer.parseInt(from),
          Integer.parseInt(to),
          Long.parseUnsignedLong(process, 16),
          Integer.parseInt(level));
    } catch (NumberFormatException notNumbers) {
      return null;
    }
  }

  /** Why a node {@code self} with these {@code peers} refuses this caller; null if it does not. */
  @Nullable Status refusal(long ownCluster, int self, Set<Integer> peers) {
    String why;
    if (cluster != ownCluster) {
      why = "the stream is of another cluster";
    } else if (to != self) {
      why = "the stream is meant for node " + to + ", but this is node " + self;
    } else if (!peers.contains(from)) {
      why = "node " + from + " is no peer of node " + self;
    } else {
      return null;
    }
    return Status.FAILED_PRECONDITION.withDescription(why);
  }
}

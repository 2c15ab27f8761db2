package io.synod.transport;

import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The levels that peers support, and the one that they must support. Any thread may call it. */
final class PeerLevels {
  private final Map<Integer, Integer> supported = new ConcurrentHashMap<>();
  private volatile int required;

  /** The cluster has this level from now on. */
  void require(int level) {
    required = level;
  }

  /** Why a stream of this caller is refused; null if it supports the level of the cluster. */
  @Nullable Status refusal(Handshake caller) {
    int level = required;
    return caller.supportedLevel() >= level
        ? null
        : Status.FAILED_PRECONDITION.withDescription(
            ("node %d supports levels up to %d, and the cluster is at level %d:"
                    + " install a newer version on it")
                .formatted(caller.from(), caller.supportedLevel(), level));
  }

  /** A stream of this caller was accepted. */
  void arrived(Handshake caller) {
    supported.put(caller.from(), caller.supportedLevel());
  }

  /** What the peer reported when it connected last; 0 if it has not connected. */
  int supported(int peer) {
    return supported.getOrDefault(peer, 0);
  }
}

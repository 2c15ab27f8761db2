package io.synod.transport;

import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The levels that peers support, and the one that they must support. Any thread may call it. */
final class PeerLevels {
  private final Map<Integer, OpenStreams> open = new ConcurrentHashMap<>();
  private volatile int required;

  /** The streams that one process of a peer has open to this node. */
  private record OpenStreams(long process, int supported, int streams) {
    private OpenStreams with(int more) {
      return new OpenStreams(process, supported, streams + more);
    }
  }

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
    open.compute(
        caller.from(),
        (peer, known) ->
            known != null && known.process == caller.process()
                ? known.with(1)
                : new OpenStreams(caller.process(), caller.supportedLevel(), 1));
  }

  /** A stream of this caller ended. */
  void ended(Handshake caller) {
    open.computeIfPresent(
        caller.from(),
        (peer, known) ->
            known.process != caller.process() ? known : known.streams == 1 ? null : known.with(-1));
  }

  /** What a connected peer reported; 0 if the peer is not connected. */
  int supported(int peer) {
    OpenStreams known = open.get(peer);
    return known == null ? 0 : known.supported;
  }
}

package io.synod.runtime.port;

import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;

/**
 * The port to the other nodes. It may lose, delay and duplicate messages, never alter them. The
 * loop's thread calls it; it never blocks: messages that do not fit the queue of a slow peer are
 * dropped.
 */
public interface Peers {

  /**
   * Sends {@code message} to node {@code to}; false if it is dropped at once, because there is no
   * connection or its queue is full. If accepted messages are lost later, {@link
   * io.synod.paxos.value.Input.Reconnected} reports that.
   */
  boolean send(int to, Message message);

  /** The formation of this node is now known; every message carries its digest from now on. */
  void formed(Formation formation);

  /**
   * The cluster has this level from now on: a peer that does not support it is refused.
   *
   * @param level {@link io.synod.state.Level}
   */
  void requireLevel(int level);

  /**
   * The highest level that the process of a connected peer supports; 0 if the peer is not
   * connected: it may return with another version.
   */
  int supportedLevel(int peer);
}

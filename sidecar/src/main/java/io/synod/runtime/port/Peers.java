package io.synod.runtime.port;

import io.synod.paxos.value.Message;

/**
 * The port to the other nodes. May lose, delay and repeat what it is given, never alter it. Called
 * by the loop's thread; never blocks: what a slow peer has no room for is dropped.
 */
public interface Peers {

  /**
   * Sends {@code message} to node {@code to}; false if it is dropped at once, because there is no
   * connection or no room. Of what it took and lost later, {@link
   * io.synod.paxos.value.Input.Reconnected} tells.
   */
  boolean send(int to, Message message);

  /**
   * The formation this node is in is now known; its digest goes on every message from here on.
   *
   * @param digest {@link io.synod.paxos.value.Formation#digest}
   */
  void formed(long digest);
}

package io.synod.runtime;

import io.synod.paxos.Message;

/**
 * The port to the other nodes. May lose, delay and repeat what it is given, never alter it. Called
 * by the loop's thread; never blocks: what a slow peer has no room for is dropped.
 */
public interface Peers {

  /** Says {@code message} to node {@code to}. */
  void send(int to, Message message);

  /**
   * The formation this node is in is now known; its digest goes on every message from here on.
   *
   * @param digest {@link io.synod.paxos.Formation#digest}
   */
  void formed(long digest);
}

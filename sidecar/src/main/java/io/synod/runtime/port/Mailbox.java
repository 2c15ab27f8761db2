package io.synod.runtime.port;

import io.synod.paxos.value.Input;

/** Where inputs wait for the next turn of the cycle. Any thread may call any method. */
public interface Mailbox {

  /** Puts an input in; false if there is no room, and then nothing happened. */
  boolean offer(Input input);

  /** Makes the cycle turn soon, though no input came. */
  void wake();
}

package io.synod.runtime.port;

import io.synod.paxos.value.Input;

/** The inputs for the next turn of the cycle. Any thread may call any method. */
public interface Mailbox {

  /** Adds an input; false if it is full, and then nothing happened. */
  boolean offer(Input input);

  /** Makes the cycle turn soon, even without an input. */
  void wake();
}

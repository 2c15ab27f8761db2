package io.synod.runtime.node;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What the copies of consumers beside this node say of themselves, and hand over. */
public interface ConsumerCopies {

  /**
   * Says how far the copy of a consumer beside this node has durably applied the log. Those that
   * come faster than they can be told are told as one: the furthest. On {@link Outcome.Applied} the
   * reply is {@link io.synod.state.result.Reply.Acknowledged}.
   *
   * @param digest of the application's state after exactly {@code index}; may be empty
   */
  CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout);

  /** What consumers handed over, as far as it is here. */
  AppSnapshots appSnapshots();

  /**
   * Gets what a consumer handed over from a peer that has it.
   *
   * @param sha256 of the very one
   * @return true once it is in {@link #appSnapshots}, false if that did not happen within {@code
   *     timeout}
   */
  CompletableFuture<Boolean> pull(String consumer, long index, Bytes sha256, Duration timeout);
}

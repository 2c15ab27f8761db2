package io.synod.runtime.node;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The copies of consumers at this node: their acknowledgements and snapshots. */
public interface ConsumerCopies {

  /**
   * Acknowledges that the copy of a consumer at this node has durably applied the log up to an
   * index. Acknowledgements that come faster than they can be proposed are combined into one, with
   * the highest index. On {@link Outcome.Applied} the reply is {@link
   * io.synod.state.result.Reply.Acknowledged}.
   *
   * @param digest of the application's state after exactly {@code index}; may be empty
   */
  CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout);

  /** The snapshots of consumers on this node's disk. */
  AppSnapshots appSnapshots();

  /**
   * Fetches a consumer's snapshot from a peer that has it.
   *
   * @param sha256 the digest of the snapshot
   * @return true once it is in {@link #appSnapshots}, false if that did not happen within {@code
   *     timeout}
   */
  CompletableFuture<Boolean> pull(String consumer, long index, Bytes sha256, Duration timeout);
}

package io.synod.runtime.upkeep;

import io.synod.paxos.Self;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The digests that wait to be sent. What is sent is durable: peers trim their log below a slot once
 * a quorum reported its state there, and a node that lost that slot in a power failure might then
 * receive it from no peer.
 *
 * <p>The loop's thread calls it.
 */
final class DigestSender {
  private final Self self;
  private final OwnDigests ownDigests;
  private final LongSupplier syncedThrough;
  private List<Output.Envelope> waiting = new ArrayList<>();

  /**
   * Creates it with nothing to send.
   *
   * @param syncedThrough syncs the journal, and returns the last slot that it records as applied
   */
  DigestSender(Self self, OwnDigests ownDigests, LongSupplier syncedThrough) {
    this.self = self;
    this.ownDigests = ownDigests;
    this.syncedThrough = syncedThrough;
  }

  /** Sends all peers the digest at this slot, and at the last one where a quorum has the same. */
  void send(long slot, long attested) {
    Message message =
        ownDigests.has(attested)
            ? new Message.StateDigest(slot, ownDigests.at(slot), attested, ownDigests.at(attested))
            : new Message.StateDigest(slot, ownDigests.at(slot), 0, 0);
    self.peers().forEach(peer -> waiting.add(new Output.Envelope(peer, message)));
  }

  /** Informs these peers that a quorum has the digest {@code attested} at {@code attestedSlot}. */
  void attest(List<Integer> peers, long slot, long attestedSlot, long attested) {
    Message message = new Message.StateDigest(slot, ownDigests.at(slot), attestedSlot, attested);
    peers.forEach(peer -> waiting.add(new Output.Envelope(peer, message)));
  }

  /** Whether there are messages to send. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** The messages to send now. */
  List<Output.Envelope> messages() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Output.Envelope> all = waiting;
    waiting = new ArrayList<>();
    long durable = syncedThrough.getAsLong();
    List<Output.Envelope> sent = new ArrayList<>(all.size());
    for (Output.Envelope envelope : all) {
      Message.StateDigest message = (Message.StateDigest) envelope.message();
      if (ownDigests.has(Math.min(message.slot(), durable))) {
        sent.add(new Output.Envelope(envelope.to(), upTo(durable, message)));
      }
    }
    return sent;
  }

  /** The message with earlier digests of this node where the disk lacks space for later marks. */
  private Message.StateDigest upTo(long durable, Message.StateDigest message) {
    long slot = Math.min(message.slot(), durable);
    long attested = message.attestedSlot();
    // Another digest is that of peers, which they reported.
    boolean own = ownDigests.has(attested) && ownDigests.at(attested) == message.attestedDigest();
    return own && attested > durable
        ? new Message.StateDigest(slot, ownDigests.at(slot), durable, ownDigests.at(durable))
        : new Message.StateDigest(slot, ownDigests.at(slot), attested, message.attestedDigest());
  }
}

package io.synod.paxos.value;

import java.util.List;

/**
 * What the driver of a replica must do after a cycle's inputs, in this order: send {@code
 * messages}, write {@code writes}, sync them if {@code mustSync}, send {@code messagesAfterSync},
 * then publish the rest.
 *
 * @param messages to be sent immediately
 * @param writes to be written, in order
 * @param mustSync whether there are writes: each is synced in its own cycle, even if no message
 *     depends on it
 * @param messagesAfterSync to be sent only after the sync; those to this node itself come back as
 *     input
 * @param chosen newly known chosen slots, consecutive
 * @param unplaced proposed commands that cannot be proposed now; they were sent to no node
 * @param reads strong reads that may be answered once the slot is applied
 * @param fetches pages of chosen slots that a peer requests and only the journal still has
 * @param events what happened, for observers
 * @param roundTrips heartbeats that peers answered
 * @param wakeAtNanos when the replica needs its next tick if nothing else happens
 */
public record Output(
    List<Envelope> messages,
    List<Write> writes,
    boolean mustSync,
    List<Envelope> messagesAfterSync,
    List<Chosen> chosen,
    List<Command> unplaced,
    List<ReadReady> reads,
    List<Fetch> fetches,
    List<Event> events,
    List<RoundTrip> roundTrips,
    long wakeAtNanos) {

  /** A message and its receiver. */
  public record Envelope(int to, Message message) {}

  /** The strong read {@code id} may be served by a node that has applied {@code slot}. */
  public record ReadReady(long id, long slot) {}

  /** {@code peer} answered a heartbeat after this time. */
  public record RoundTrip(int peer, long nanos) {}

  /**
   * A request to send {@code to} a page of chosen slots, from {@code from} on, read from the
   * journal.
   */
  public record Fetch(int to, long from) {}
}

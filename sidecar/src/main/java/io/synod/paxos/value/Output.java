package io.synod.paxos.value;

import java.util.List;

/**
 * What a replica wants done after a cycle's inputs, in this order: say {@code messages}, write
 * {@code writes}, sync them if {@code mustSync}, say {@code vows}, then publish the rest.
 *
 * @param messages to be said now
 * @param writes to be written, in order
 * @param mustSync whether there are writes: each is synced in its own cycle, also where no vow
 *     rests on it
 * @param messagesAfterSync to be said only after the sync; those to this node itself come back as
 *     input
 * @param chosen newly known chosen slots, consecutive
 * @param unplaced proposed commands that nobody can order now; they were told to no one
 * @param reads strong reads that may be answered once the slot is applied
 * @param fetches pages of chosen slots that a peer wants and only the journal still has
 * @param events what happened, for those who watch
 * @param roundTrips heartbeats that peers answered
 * @param wakeAtNanos when the replica wants its next tick if nothing else happens
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

  /** A message and whom it is for. */
  public record Envelope(int to, Message message) {}

  /** The strong read {@code id} may be served by whoever has applied {@code slot}. */
  public record ReadReady(long id, long slot) {}

  /** {@code peer} answered a heartbeat after so long. */
  public record RoundTrip(int peer, long nanos) {}

  /** Send {@code to} a page of chosen slots from {@code from} on, out of the journal. */
  public record Fetch(int to, long from) {}
}
